//! Who is meant by name in a text: `@bob`. The one place that says what a mention is, for server and client.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::limits::MENTIONS_MAX;
use crate::name::UserName;

/// A name in a text, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Who is meant, if there is somebody of that name.
    pub name: UserName,
    /// Which bytes of the text: the `@` and the name.
    pub at: Range<usize>,
}

/// The names that stand in a text as `@name`, in their order: the first [`MENTIONS_MAX`] of them.
///
/// The `@name` is a word of its own: not part of an address such as `bob@example.org` or `https://example.org/@bob`, and
/// not in code, between backticks. A full stop at its end is the sentence's.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    if !text.contains('@') {
        return found;
    }
    let code = Code::of(text);
    let (mut at, mut before) = (0, None);
    while let Some(next) = text[at..].chars().next() {
        if let Some(end) = code.end_of_what_begins(at) {
            (at, before) = (end, Some('`'));
            continue;
        }
        if next == '@' && before.is_none_or(may_stand_before) {
            found.extend(mention(text, at));
            if found.len() == MENTIONS_MAX {
                break;
            }
        }
        (at, before) = (at + next.len_utf8(), Some(next));
    }
    found
}

/// Whether a text mentions somebody.
pub fn mentions_user(text: &str, name: &UserName) -> bool {
    mentions(text).iter().any(|mention| mention.name == *name)
}

fn mention(text: &str, at: usize) -> Option<Mention> {
    let word = &text[at + 1..];
    let word = &word[..word.find(|c| !belongs_to_word(c)).unwrap_or(word.len())];
    let after = text[at + 1 + word.len()..].chars().next();
    if matches!(after, Some('@' | '/')) {
        return None; // an address, or a path
    }
    let word = word.trim_end_matches('.');
    let name = word.starts_with(char::is_alphabetic).then(|| UserName::parse(word).ok()).flatten()?;
    Some(Mention { name, at: at..at + 1 + word.len() })
}

fn belongs_to_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '-' | '.')
}

fn may_stand_before(c: char) -> bool {
    !belongs_to_word(c) && !matches!(c, '@' | '/' | '\\' | '=' | '&' | '#' | '%' | '+' | '$')
}

/// What stands between backticks: as many behind it as before it. A fence without its end goes on to the end of the text.
struct Code(HashMap<usize, usize>);

/// So many backticks at least are a fence.
const FENCE: usize = 3;

impl Code {
    fn of(text: &str) -> Self {
        let mut runs: Vec<(usize, usize)> = Vec::new(); // where, and how many
        for (at, _) in text.match_indices('`') {
            match runs.last_mut() {
                Some((start, count)) if *start + *count == at => *count += 1,
                _ => runs.push((at, 1)),
            }
        }
        let mut next: HashMap<usize, usize> = HashMap::new(); // by how many, where the nearest run behind is
        let mut ends = HashMap::new();
        for (start, count) in runs.into_iter().rev() {
            let is_fence = count >= FENCE
                && text[..start].trim_end_matches(' ').chars().last().is_none_or(|c| c == '\n');
            match next.insert(count, start) {
                Some(closing) => drop(ends.insert(start, closing + count)),
                None if is_fence => drop(ends.insert(start, text.len())),
                None => {}
            }
        }
        Self(ends)
    }

    fn end_of_what_begins(&self, at: usize) -> Option<usize> {
        self.0.get(&at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let found = mentions(text);
        for Mention { name, at } in &found {
            assert_eq!(UserName::parse(&text[at.start + 1..at.end]).as_ref(), Ok(name));
            assert!(text[at.clone()].starts_with('@'));
        }
        found.iter().map(|mention| mention.name.key().to_owned()).collect()
    }

    #[test]
    fn the_table_of_mentions() {
        let cases: &[(&str, &[&str])] = &[
            ("@bob", &["bob"]),
            ("hi @Bob, and @ＡＮＮ", &["bob", "ann"]),
            ("it was @bob.", &["bob"]),
            ("was it @bob... or (@ann)?", &["bob", "ann"]),
            ("@bob's and *@ann* and \"@cid\"", &["bob", "ann", "cid"]),
            ("@a.b-c_d: @a.b-c_d", &["a.b-c_d", "a.b-c_d"]),
            ("@zoe\u{308} @你好", &["zoë", "你好"]),
            ("\n@bob\n@ann", &["bob", "ann"]),
            ("bob", &[]),
            ("@", &[]),
            ("@ bob @1st @-x @.", &[]),
            ("mail bob@example.org", &[]),
            ("@bob@example.org @types/node", &[]),
            ("https://example.org/@bob?x=@ann&y=@cid", &[]),
            ("@@bob \\@ann", &[]),
            ("`@bob` is @ann", &["ann"]),
            ("``@bob ` @cid`` @ann", &["ann"]),
            ("a lone ` before @bob", &["bob"]),
            ("``` @bob ```\n@ann", &["ann"]),
            ("```\n@bob\n```\n@ann\n  ```rust\n@cid", &["ann"]),
            ("a ``` that is no fence @bob", &["bob"]),
            (&format!("@{}", "a".repeat(33)), &[]),
        ];
        for (text, wanted) in cases {
            assert_eq!(named(text), *wanted, "{text:?}");
        }
        assert!(mentions_user("ask @BOB", &UserName::parse("bob").unwrap()));
        assert!(!mentions_user("ask @bobby", &UserName::parse("bob").unwrap()));
    }

    #[test]
    fn so_many_and_no_more_whatever_stands_there() {
        let many: String = (0..MENTIONS_MAX + 5).map(|i| format!("@a{i} ")).collect();
        assert_eq!(named(&many).len(), MENTIONS_MAX);
        assert_eq!(named(&many).last().unwrap(), &format!("a{}", MENTIONS_MAX - 1));
        // Runs of backticks of all lengths, none of which is closed.
        let ticks: String = (1..350).map(|count| format!("{} ", "`".repeat(count))).collect();
        assert_eq!(named(&format!("@bob {ticks}")), ["bob"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_mentions_that_are_in_it(text in "[@`a.é /\n你-]{0,60}") {
            named(&text);
        }
    }
}
