//! Enough of JSON schema to hold answers against the OpenAPI document, and to tell whether it promises too little.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What the document says, and what was seen.
pub(super) struct Schemas<'a> {
    document: &'a Value,
    /// Of each named object, the keys that were there every time.
    always: BTreeMap<String, BTreeSet<String>>,
}

/// Objects whose own keys stand beside those that are described.
const OPEN: [&str; 2] = ["Request", "Reply"];

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        Self { document, always: BTreeMap::new() }
    }

    fn named(&self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = schema["$ref"].as_str()?.strip_prefix("#/components/schemas/").unwrap();
        Some((name, &self.document["components"]["schemas"][name]))
    }

    /// All that is wrong with a value.
    pub(super) fn check(&mut self, value: &Value, schema: &'a Value, place: &str) -> Vec<String> {
        if let Some((name, named)) = self.named(schema) {
            if let Some(object) = value.as_object() {
                let keys: BTreeSet<String> = object.keys().cloned().collect();
                let always = self.always.entry(name.to_owned()).or_insert_with(|| keys.clone());
                always.retain(|key| keys.contains(key));
                if !OPEN.contains(&name) {
                    let (known, _) = self.keys(named);
                    let unknown = keys.iter().filter(|key| !known.contains(key.as_str()));
                    let unknown: Vec<_> =
                        unknown.map(|key| format!("{place}: {name} has no {key}")).collect();
                    if !unknown.is_empty() {
                        return unknown;
                    }
                }
            }
            return self.check(value, named, place);
        }
        let mut faults = Vec::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            faults.extend(self.check_part(value, part, place));
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(parts) = schema[choice].as_array()
                && !parts.iter().any(|part| self.check_part(value, part, place).is_empty())
            {
                faults.push(format!("{place}: {value} is none of {choice}"));
            }
        }
        faults.extend(wrong_type(value, &schema["type"], place));
        for key in strings(&schema["required"]).filter(|key| value.get(key).is_none()) {
            faults.push(format!("{place}: {key} is missing"));
        }
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(key) {
                faults.extend(self.check(value, schema, &format!("{place}.{key}")));
            }
        }
        for (i, item) in value.as_array().into_iter().flatten().enumerate() {
            if !schema["items"].is_null() {
                faults.extend(self.check(item, &schema["items"], &format!("{place}[{i}]")));
            }
        }
        faults
    }

    /// A part of a whole describes only some keys.
    fn check_part(&mut self, value: &Value, part: &'a Value, place: &str) -> Vec<String> {
        let part = self.named(part).map_or(part, |(_, named)| named);
        self.check(value, part, place)
    }

    /// The keys that a schema knows, and those that it promises.
    fn keys(&self, schema: &'a Value) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
        let schema = self.named(schema).map_or(schema, |(_, named)| named);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let mut known: BTreeSet<_> = properties.map(|(key, _)| key.as_str()).collect();
        let mut promised: BTreeSet<_> = strings(&schema["required"]).collect();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let (more, promises) = self.keys(part);
            known.extend(more);
            promised.extend(promises);
        }
        (known, promised)
    }

    /// Where the promises of the document are not what was always there.
    pub(super) fn wrong_promises(&self) -> Vec<String> {
        let wrong = self.always.iter().filter_map(|(name, always)| {
            let (_, promised) = self.keys(&self.document["components"]["schemas"][name]);
            let always: BTreeSet<_> = always.iter().map(String::as_str).collect();
            (promised != always && !OPEN.contains(&name.as_str()))
                .then(|| format!("{name}: promised {promised:?}, always there {always:?}"))
        });
        wrong.collect()
    }

    /// The named objects of which something was seen.
    pub(super) fn seen(&self) -> BTreeSet<&str> {
        self.always.keys().map(String::as_str).collect()
    }
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn wrong_type(value: &Value, wanted: &Value, place: &str) -> Option<String> {
    let wanted: Vec<_> = wanted.as_str().into_iter().chain(strings(wanted)).collect();
    let is = |kind: &&str| match *kind {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{place}: no such type as {other}"),
    };
    (!wanted.is_empty() && !wanted.iter().any(is)).then(|| format!("{place}: {value} is no {wanted:?}"))
}

/// The checker itself: it finds what is wrong.
#[test]
fn what_is_wrong_is_found() {
    let document = serde_json::json!({ "components": { "schemas": {
        "A": { "type": "object", "required": ["a"], "properties": {
            "a": { "type": ["integer", "null"] }, "b": { "type": "array", "items": { "$ref": "#/components/schemas/A" } } } },
    } } });
    let a = serde_json::json!({ "$ref": "#/components/schemas/A" });
    for (value, faults) in [
        (serde_json::json!({ "a": 1, "b": [{ "a": null }] }), 0),
        (serde_json::json!({ "a": "1" }), 1),
        (serde_json::json!({ "b": [] }), 1),
        (serde_json::json!({ "a": 1, "c": 1 }), 1),
        (serde_json::json!({ "a": 1, "b": [{ "a": 1.5 }, 7] }), 3),
    ] {
        let found = Schemas::of(&document).check(&value, &a, "");
        assert_eq!(found.len(), faults, "{value}: {found:?}");
    }
    let mut schemas = Schemas::of(&document);
    schemas.check(&serde_json::json!({ "a": 1, "b": [] }), &a, "");
    assert_eq!(schemas.wrong_promises().len(), 1);
}
