//! A text read as markdown, into drafts of lines: one for each line as it was typed.

use std::ops::Range;
use std::rc::Rc;

use im_proto::printable_lines;
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{Code, Look, Part, inline, spoilers};
use crate::app::wrap::{cells, plain};

/// Most quotes within quotes, lists within lists that are read as such: nobody writes more, and each line costs as much
/// as there are.
const NESTED_MAX: usize = 16;
/// Most bars beside a quote; further marks are shown as they are.
const BARS_MAX: usize = 3;

/// A line before it is known how wide it may be.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) text: String,
    /// How it looks, each up to a byte of the text.
    pub(super) looks: Vec<(usize, Look)>,
    /// So many bars stand beside it.
    pub(super) quotes: usize,
    /// Its further rows begin so many cells further right.
    pub(super) hang: u16,
    pub(super) kind: Kind,
}

/// What a draft is.
#[derive(Debug, Default)]
pub(super) enum Kind {
    #[default]
    Text,
    /// A line of code.
    Code { code: Option<Rc<Code>>, line: usize },
    /// A line above or below code, which may have a label.
    Rule,
}

/// Reads a text; where marks cannot be drawn, not `rich`, they stay.
pub(super) fn read(text: &str, rich: bool) -> Vec<Draft> {
    let lines: Vec<String> = printable_lines(text).map(plain).collect();
    let is_plain = lines.iter().all(|line| is_plain(line));
    let text = lines.join("\n");
    let mut reader = Reader::of(&text, rich);
    if !is_plain && lines.iter().all(|line| nested(line) <= NESTED_MAX) {
        reader.read();
    }
    reader.say_up_to(text.len());
    reader.drafts
}

/// There can be nothing in it but words.
fn is_plain(line: &str) -> bool {
    let has_marks = line.bytes().any(|byte| b"*_~`[]<>-+".contains(&byte));
    !has_marks && !line.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '#')
}

/// At most so many quotes and lists begin with a line.
fn nested(line: &str) -> usize {
    let bytes = line.as_bytes();
    let start = bytes.iter().take_while(|byte| b" >-+*.)0123456789".contains(byte)).count();
    let marks = bytes[..start].iter().zip(bytes[..start].iter().skip(1).chain([&b' ']));
    marks.filter(|(mark, next)| **mark == b'>' || (b"-+*.)".contains(mark) && **next == b' ')).count()
}

struct Reader<'a> {
    text: &'a str,
    rich: bool,
    urls: Vec<Range<usize>>,
    names: Vec<(Range<usize>, Part)>,
    spoilers: Vec<spoilers::Mark>,
    drafts: Vec<Draft>,
    /// All before this is in the drafts, or gone.
    at: usize,
    /// A line begins here, whose marks of quotes are still to be looked at.
    begins: bool,
    quotes: usize,
    hidden: bool,
    bold: usize,
    italic: usize,
    strike: usize,
    /// The link that one is in, and where its label begins in the last draft's text.
    link: Option<(Rc<str>, String)>,
    /// Up to where there was something within the link.
    inner_end: usize,
    /// The code that one is in, and its language.
    code: Option<(Range<usize>, String, String)>,
}

impl<'a> Reader<'a> {
    fn of(text: &'a str, rich: bool) -> Self {
        Self {
            text,
            rich,
            urls: inline::urls(text),
            names: inline::names(text),
            spoilers: spoilers::marks(text),
            drafts: vec![Draft::default()],
            at: 0,
            begins: true,
            quotes: 0,
            hidden: false,
            bold: 0,
            italic: 0,
            strike: 0,
            link: None,
            inner_end: 0,
            code: None,
        }
    }

    fn read(&mut self) {
        for (event, range) in Parser::new_ext(self.text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
            match event {
                Event::Start(tag) => self.start(&tag, range),
                Event::End(tag) => self.end(tag, range),
                Event::Text(text) => match &mut self.code {
                    Some((_, _, code)) => code.push_str(&text),
                    None => self.inner_end = range.end,
                },
                Event::Code(_) => {
                    self.inner_end = range.end;
                    self.say_up_to(range.start);
                    self.say_code(range.end);
                }
                _ => self.inner_end = range.end,
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Strong | Tag::Emphasis | Tag::Strikethrough => self.emphasis(tag, &range, true),
            Tag::BlockQuote(_) => {
                self.say_up_to(range.start);
                self.quotes += 1;
            }
            Tag::Heading { .. } if self.text[range.start..].starts_with('#') => {
                self.say_up_to(range.start);
                self.bold += 1;
            }
            Tag::Item => self.item(&range),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) if self.is_fence(&range) => {
                self.code = Some((range, info.to_string(), String::new()));
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                let to = match link_type {
                    LinkType::Inline if self.rich && title.is_empty() => inline::allowed(dest_url),
                    LinkType::Autolink => inline::allowed(dest_url),
                    _ => None,
                };
                let Some(to) = to else {
                    return;
                };
                self.say_up_to(range.start);
                self.skip_to(range.start + 1);
                self.inner_end = self.at;
                self.link = Some((to, String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Strong => self.emphasis(&Tag::Strong, &range, false),
            TagEnd::Emphasis => self.emphasis(&Tag::Emphasis, &range, false),
            TagEnd::Strikethrough => self.emphasis(&Tag::Strikethrough, &range, false),
            TagEnd::BlockQuote(_) => {
                self.say_up_to(range.end);
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::Heading(_) if self.text[range.start..].starts_with('#') => {
                self.say_up_to(range.end);
                self.bold = self.bold.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                if let Some((range, info, code)) = self.code.take() {
                    self.fenced(&range, &info, &code);
                }
            }
            TagEnd::Link => self.end_link(&range),
            TagEnd::Image => {}
            _ => return,
        }
        self.inner_end = range.end;
    }

    /// A mark before or behind what is of more weight, of another tone, or not so any more.
    fn emphasis(&mut self, tag: &Tag<'_>, range: &Range<usize>, starts: bool) {
        let mark = match tag {
            Tag::Strong => "**",
            Tag::Strikethrough => "~~",
            _ if self.text[range.start..].starts_with('_') => "_",
            _ => "*",
        };
        if !self.rich || !self.is_meant(mark, range) {
            return;
        }
        let place = if starts { range.start } else { range.end - mark.len() };
        self.say_up_to(place);
        self.skip_to(place + mark.len());
        let count = match tag {
            Tag::Strong => &mut self.bold,
            Tag::Strikethrough => &mut self.strike,
            _ => &mut self.italic,
        };
        *count = if starts { *count + 1 } else { count.saturating_sub(1) };
    }

    /// Not a product, a path or a part of an address: marks stand apart from words, or among letters of scripts
    /// that have no blanks.
    fn is_meant(&self, mark: &str, range: &Range<usize>) -> bool {
        let inside = &self.text[range.clone()];
        if inside.len() <= 2 * mark.len() || !inside.starts_with(mark) || !inside.ends_with(mark) {
            return false;
        }
        let glued = |c: char| c.is_alphanumeric() && cells(c.encode_utf8(&mut [0; 4])) < 2;
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        !before.is_some_and(glued)
            && !after.is_some_and(glued)
            && self.url_at(range.start).is_none()
            && self.url_at(range.end - 1).is_none()
    }

    fn url_at(&self, at: usize) -> Option<&Range<usize>> {
        let next = self.urls.partition_point(|url| url.end <= at);
        self.urls.get(next).filter(|url| url.contains(&at))
    }

    /// The dot of a list; what follows in further rows stands below what follows in this one.
    fn item(&mut self, range: &Range<usize>) {
        self.say_up_to(range.start);
        let item = self.text.get(self.at..range.end).unwrap_or_default();
        let item = item.split('\n').next().unwrap_or_default();
        let mark = item.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(rest) = mark.strip_prefix(['-', '*', '+', '.', ')']) else {
            return;
        };
        let said = rest.trim_start();
        if said.is_empty() || said.len() == rest.len() {
            return;
        }
        // A minus before a number may be one.
        if matches!(item.as_bytes(), [b'*' | b'-', ..]) && !said.starts_with(|c: char| c.is_ascii_digit()) {
            self.begin();
            self.push("•", &Look { part: Part::Mark, ..Look::default() });
            self.skip_to(range.start + 1);
        }
        let upto = range.start + (item.len() - said.len());
        self.say_up_to(upto);
        if let Some(draft) = self.drafts.last_mut() {
            draft.hang = cells(&draft.text);
        }
    }

    /// A fence that is closed, and no part of a quote.
    fn is_fence(&self, range: &Range<usize>) -> bool {
        let block = self.text[range.clone()].trim_end_matches('\n');
        let (Some((first, _)), Some((_, last))) = (block.split_once('\n'), block.rsplit_once('\n')) else {
            return false;
        };
        let first = first.trim_start();
        let Some(fence) = first.chars().next().filter(|c| matches!(c, '`' | '~')) else {
            return false;
        };
        let count = first.chars().take_while(|c| *c == fence).count();
        let last = last.trim();
        self.quotes == 0 && last.len() >= count && last.chars().all(|c| c == fence)
    }

    fn fenced(&mut self, range: &Range<usize>, info: &str, code: &str) {
        self.say_up_to(range.start);
        if self.drafts.last().is_some_and(|draft| draft.text.trim().is_empty()) {
            self.drafts.pop();
        }
        let language = info.split([' ', ',', '{']).next().unwrap_or_default();
        let label = if info.trim().is_empty() { "code" } else { info.trim() };
        self.drafts.push(Draft { text: label.to_owned(), kind: Kind::Rule, ..Draft::default() });
        let whole = Code { language: language.to_owned(), text: code.to_owned() };
        let whole = (!language.is_empty()).then(|| Rc::new(whole));
        let code = code.strip_suffix('\n').unwrap_or(code);
        for (line, text) in code.split('\n').enumerate() {
            let look = Look { part: Part::Code, ..Look::default() };
            self.drafts.push(Draft {
                text: text.to_owned(),
                looks: vec![(text.len(), look)],
                kind: Kind::Code { code: whole.clone(), line },
                ..Draft::default()
            });
        }
        self.at = range.end;
        if self.text[self.at..].starts_with('\n') {
            self.at += 1;
        }
        if self.at < self.text.len() {
            self.drafts.push(Draft { kind: Kind::Rule, ..Draft::default() });
            self.new_line();
        }
    }

    fn end_link(&mut self, range: &Range<usize>) {
        if self.link.is_none() {
            return;
        }
        self.say_up_to(self.inner_end.min(range.end));
        self.skip_to(range.end);
        if let Some((to, label)) = self.link.take()
            && !inline::says(&label, &to)
        {
            let place = format!(" ({})", inline::place(&to));
            self.push(&place, &Look { part: Part::Mark, ..Look::default() });
        }
    }

    fn skip_to(&mut self, at: usize) {
        self.begin();
        self.at = self.at.max(at);
    }

    /// Marks of quotes at the start of a line become bars. They stand apart from what follows, or are none: `>.<`
    fn begin(&mut self) {
        if !std::mem::take(&mut self.begins) || self.quotes == 0 {
            return;
        }
        let mut bars = 0;
        while bars < BARS_MAX {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(after) = rest.trim_start_matches(' ').strip_prefix('>') else {
                break;
            };
            if !(after.is_empty() || after.starts_with([' ', '>', '\n'])) {
                break;
            }
            let after = after.strip_prefix(' ').unwrap_or(after);
            self.at = self.text.len() - after.len();
            bars += 1;
        }
        if let Some(draft) = self.drafts.last_mut() {
            draft.quotes = bars;
        }
    }

    fn new_line(&mut self) {
        self.hidden = false;
        self.drafts.push(Draft::default());
        self.begins = true;
    }

    /// Puts what stands before a place into the drafts.
    fn say_up_to(&mut self, end: usize) {
        while self.at < end {
            self.begin();
            let line = self.text.get(self.at..end).unwrap_or_default();
            let upto = line.find('\n').map_or(end, |length| self.at + length);
            self.say(self.at.min(upto)..upto);
            if upto < end {
                self.new_line();
            }
            self.at = self.at.max(upto + usize::from(upto < end));
        }
    }

    /// The same, as code.
    fn say_code(&mut self, end: usize) {
        while self.at < end {
            self.begin();
            let line = self.text.get(self.at..end).unwrap_or_default();
            let (said, more) = line.split_once('\n').map_or((line, false), |(said, _)| (said, true));
            self.push(said, &Look { part: Part::Code, ..self.look() });
            self.at += said.len() + usize::from(more);
            if more {
                self.new_line();
            }
        }
    }

    /// A stretch of one line: what is to be hidden is, and its marks go.
    fn say(&mut self, range: Range<usize>) {
        let mut at = range.start;
        let next = self.spoilers.partition_point(|(mark, _)| mark.start < range.start);
        let within = self.spoilers[next..].iter().take_while(|(mark, _)| mark.end <= range.end);
        for (mark, opens) in within.cloned().collect::<Vec<_>>() {
            self.say_seen(at..mark.start);
            self.hidden = opens;
            at = mark.end;
        }
        self.say_seen(at..range.end);
    }

    /// A stretch of one line: addresses and names stand out.
    fn say_seen(&mut self, range: Range<usize>) {
        if let Some((to, label)) = &mut self.link {
            label.push_str(&self.text[range.clone()]);
            let look = Look { part: Part::Link(Rc::clone(to)), ..self.look() };
            self.push(&self.text[range], &look);
            return;
        }
        let mut at = range.start;
        while at < range.end {
            let next = self.urls.partition_point(|url| url.end <= at);
            let url = self.urls.get(next).cloned().filter(|url| url.start < range.end);
            let until = url.as_ref().map_or(range.end, |url| url.start.max(at));
            self.say_words(at..until);
            at = until;
            if let Some(url) = url {
                let end = url.end.min(range.end);
                let to = inline::allowed(&self.text[url]);
                let part = to.map_or(Part::Said, Part::Link);
                self.push(&self.text[at..end], &Look { part, ..self.look() });
                at = end;
            }
        }
    }

    fn say_words(&mut self, range: Range<usize>) {
        let mut at = range.start;
        let next = self.names.partition_point(|(name, _)| name.start < range.start);
        let within = self.names[next..].iter().take_while(|(name, _)| name.end <= range.end);
        for (name, part) in within.cloned().collect::<Vec<_>>() {
            self.push(&self.text[at..name.start], &self.look());
            self.push(&self.text[name.clone()], &Look { part, ..self.look() });
            at = name.end;
        }
        self.push(&self.text[at..range.end], &self.look());
    }

    fn look(&self) -> Look {
        Look {
            bold: self.bold > 0,
            italic: self.italic > 0,
            strike: self.strike > 0,
            hidden: self.hidden,
            part: Part::Said,
        }
    }

    fn push(&mut self, text: &str, look: &Look) {
        let Some(draft) = self.drafts.last_mut().filter(|_| !text.is_empty()) else {
            return;
        };
        draft.text.push_str(text);
        match draft.looks.last_mut() {
            Some((end, last)) if last == look => *end = draft.text.len(),
            _ => draft.looks.push((draft.text.len(), look.clone())),
        }
    }
}
