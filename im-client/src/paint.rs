//! What the parts of code are, by syntect. Loading its syntaxes and compiling their expressions takes tens of milliseconds
//! and megabytes: it is done on a thread of its own, and all of it is dropped when the code on the screen is done.

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use crate::app::rich::Code;

/// Longer lines are not looked at, in bytes: expressions take their time with them.
const LINE_BYTES_MAX: usize = 1000;
/// Longer code is not looked at, in bytes.
pub const CODE_BYTES_MAX: usize = 16 * 1024;

/// What a part of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing of the following.
    Plain,
    /// What is said to people.
    Comment,
    /// A text.
    String,
    /// A word of the language.
    Keyword,
    /// A number or another value.
    Number,
    /// The name of a type or a function.
    Name,
}

/// The parts of each line, each up to a byte of it. Lines may be missing at the end.
pub type Paint = Vec<Vec<(usize, Class)>>;

/// Languages that are read as another one: their own syntaxes take 50 MB.
const READ_AS: [(&str, &str); 6] = [
    ("ts", "js"),
    ("tsx", "js"),
    ("jsx", "js"),
    ("typescript", "js"),
    ("typescriptreact", "js"),
    ("javascriptreact", "js"),
];

/// The beginnings of syntect's names for parts of code; what is named first counts.
const CLASSES: [(&str, Class); 12] = [
    ("comment", Class::Comment),
    ("constant.character.escape", Class::Number),
    ("string", Class::String),
    ("constant", Class::Number),
    ("keyword.operator", Class::Plain),
    ("keyword", Class::Keyword),
    ("storage", Class::Keyword),
    ("entity.name", Class::Name),
    ("support", Class::Name),
    ("variable.function", Class::Name),
    ("markup.inserted", Class::String),
    ("markup.deleted", Class::Keyword),
];

/// Syntaxes, as long as they are needed.
pub struct Painter {
    syntaxes: SyntaxSet,
    classes: Vec<(Scope, Class)>,
}

impl Default for Painter {
    fn default() -> Self {
        let classes = CLASSES.iter().filter_map(|(name, class)| Some((Scope::new(name).ok()?, *class)));
        Self { syntaxes: two_face::syntax::extra_newlines(), classes: classes.collect() }
    }
}

impl Painter {
    /// What the parts of some code are; nothing is told of the rest of it when it may not go on.
    pub fn paint(&self, code: &Code, mut may_go_on: impl FnMut() -> bool) -> Paint {
        let language = code.language.to_lowercase();
        let language = READ_AS.iter().find(|(from, _)| *from == language).map_or(&*language, |(_, to)| *to);
        let Some(syntax) = self.syntaxes.find_syntax_by_token(language) else {
            return Paint::new();
        };
        let mut state = ParseState::new(syntax);
        let mut scopes = ScopeStack::new();
        let mut painted = Paint::new();
        for line in code.text.split_inclusive('\n') {
            if line.len() > LINE_BYTES_MAX || !may_go_on() {
                break;
            }
            let Ok(changes) = state.parse_line(line, &self.syntaxes) else {
                break;
            };
            let mut parts: Vec<(usize, Class)> = Vec::new();
            for (at, change) in changes {
                push(&mut parts, at, self.class(&scopes));
                if scopes.apply(&change).is_err() {
                    return painted;
                }
            }
            push(&mut parts, line.trim_end_matches('\n').len(), self.class(&scopes));
            painted.push(parts);
        }
        painted
    }

    fn class(&self, scopes: &ScopeStack) -> Class {
        let class_of = |scope: &Scope| self.classes.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
        scopes.scopes.iter().rev().find_map(class_of).map_or(Class::Plain, |(_, class)| *class)
    }
}

fn push(parts: &mut Vec<(usize, Class)>, upto: usize, class: Class) {
    let from = parts.last().map_or(0, |(end, _)| *end);
    match parts.last_mut() {
        _ if upto <= from => {}
        Some((end, last)) if *last == class => *end = upto,
        _ => parts.push((upto, class)),
    }
}
