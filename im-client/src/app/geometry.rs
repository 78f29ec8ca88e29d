//! Where everything is, for a size of the terminal: three layouts, and what gives way first when there is no room.

use ratatui::layout::{Margin, Rect, Size};

use super::{App, amending, pending, wrap};

/// From so many columns on there are three panes.
const WIDE_COLUMNS_MIN: u16 = 100;
/// From so many columns on there are two panes.
const MIDDLE_COLUMNS_MIN: u16 = 60;
/// With fewer columns there is no line above where one writes, unless it says something.
const RULE_COLUMNS_MIN: u16 = 40;
/// With fewer rows there are no borders.
const BORDER_ROWS_MIN: u16 = 8;
/// Most notices that are shown one by one above the composer, in rows.
pub const NOTICE_ROWS_MAX: usize = 3;

/// More characters for one cell than what people write has.
const CELL_CHARS: usize = 4;

/// Before and behind each line of a notice, in columns.
pub const NOTICE_INDENT: u16 = 4;

/// The three layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Conversations, messages, people.
    Wide,
    /// Conversations and messages.
    Middle,
    /// Messages.
    Narrow,
}

/// Narrower than this nobody can read the names in a pane at a side, in columns.
const SIDE_COLUMNS_MIN: u16 = 10;
/// So much is left to the messages, in columns.
const MESSAGE_COLUMNS_MIN: u16 = 36;

/// How wide somebody wants the panes at the sides, where they have said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides {
    /// The conversations, in columns.
    pub list: Option<u16>,
    /// The people, in columns.
    pub people: Option<u16>,
}

/// Where everything is. An area may be empty; what is an option may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Which layout.
    pub manner: Manner,
    /// The title line.
    pub title: Option<Rect>,
    /// The box about the panes, borders included.
    pub frame: Option<Rect>,
    /// The conversations.
    pub list: Option<Rect>,
    /// The messages.
    pub messages: Rect,
    /// The people.
    pub people: Option<Rect>,
    /// What waits for an answer.
    pub notices: Rect,
    /// The line between messages and composer.
    pub rule: Option<Rect>,
    /// The composer.
    pub composer: Rect,
    /// The status line.
    pub status: Option<Rect>,
}

impl Geometry {
    /// Where everything is now.
    pub fn of(app: &App) -> Self {
        let size = app.size;
        if size.width >= MIDDLE_COLUMNS_MIN && size.height >= BORDER_ROWS_MIN && !app.is_zen {
            bordered(app)
        } else {
            narrow(app)
        }
    }
}

/// Where a box over the panes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Popup {
    /// With its border, if there is room for one.
    pub outer: Rect,
    /// Within it.
    pub inner: Rect,
}

impl Popup {
    /// In the middle, with so many columns and rows inside; or all there is.
    pub fn of(whole: Size, columns: u16, rows: u16, all: bool) -> Self {
        let outer = if all {
            Rect::new(0, 0, whole.width, whole.height)
        } else {
            let (width, height) = ((columns + 2).min(whole.width), (rows + 2).min(whole.height));
            Rect::new((whole.width - width) / 2, (whole.height - height) / 2, width, height)
        };
        // With hardly any room the border would be all there is.
        let has_border = whole.width >= 8 && whole.height >= 5;
        let inner = if has_border { outer.inner(Margin::new(1, 1)) } else { outer };
        Self { outer, inner }
    }
}

fn bordered(app: &App) -> Geometry {
    let (width, height) = (app.size.width, app.size.height);
    let manner = if width >= WIDE_COLUMNS_MIN { Manner::Wide } else { Manner::Middle };
    let frame = Rect::new(0, 1, width, height - 2);
    let (top, rows) = (2, height - 4);
    let (list_columns, people_columns) = side_columns(app, manner);
    let mut left = 1;
    let mut right = width - 1;
    let list = app.list_wanted.then(|| {
        let list = Rect::new(left, top, list_columns, rows);
        left += list_columns + 1;
        list
    });
    let people = (app.people_wanted && people_columns > 0).then(|| {
        right -= people_columns;
        let people = Rect::new(right, top, people_columns, rows);
        right -= 1;
        people
    });
    let columns = right - left;
    let composer_rows = composer_rows(app, columns - 2, height);
    let notice_rows = notice_rows(app, columns).min(rows.saturating_sub(composer_rows + 2));
    let composer_top = top + rows - composer_rows;
    let rule_top = composer_top - 1;
    Geometry {
        manner,
        title: Some(Rect::new(0, 0, width, 1)),
        frame: Some(frame),
        list,
        messages: Rect::new(left, top, columns, rule_top - top - notice_rows),
        people,
        notices: Rect::new(left, rule_top - notice_rows, columns, notice_rows),
        rule: Some(Rect::new(left, rule_top, columns, 1)),
        composer: Rect::new(left + 1, composer_top, columns - 2, composer_rows),
        status: Some(Rect::new(0, height - 1, width, 1)),
    }
}

/// As wide as somebody wants them, as far as the messages have room beside them.
fn side_columns(app: &App, manner: Manner) -> (u16, u16) {
    let (list, people) = match manner {
        Manner::Wide => (22, 20),
        _ => (18, 0),
    };
    // Four columns are borders.
    let room = app.size.width.saturating_sub(MESSAGE_COLUMNS_MIN + 4);
    let most = if people > 0 { room / 2 } else { room };
    let within =
        |wanted: Option<u16>, usual: u16| wanted.unwrap_or(usual).clamp(SIDE_COLUMNS_MIN.min(most), most);
    let people = if people > 0 { within(app.sides.people, people) } else { 0 };
    (within(app.sides.list, list), people)
}

/// The composer stays to the last; then come the messages, the status, the title, the rule.
fn narrow(app: &App) -> Geometry {
    let (width, height) = (app.size.width, app.size.height);
    let prompt = if width > 4 { 2 } else { 0 };
    let composer_rows = composer_rows(app, width - prompt, height).min(height);
    let mut left = height - composer_rows;
    let mut take = |wanted: bool| {
        let taken = u16::from(wanted && left > 0);
        left -= taken;
        taken
    };
    // Messages only; but not without a word when the server is away.
    let is_quiet = app.is_zen && app.link.is_online();
    let status_rows = take(height >= 3 && !is_quiet);
    let title_rows = take(height >= 4 && !app.is_zen);
    // With hardly any columns there are words only.
    let is_told = amending::doing(app).is_some();
    let rule_rows = take(height >= 6 && (width >= RULE_COLUMNS_MIN || is_told));
    let notice_rows = notice_rows(app, width).min(left.saturating_sub(1));
    let message_rows = left - notice_rows;
    let notices_top = title_rows + message_rows;
    let rule_top = notices_top + notice_rows;
    let composer_top = rule_top + rule_rows;
    Geometry {
        manner: if app.is_zen && width >= MIDDLE_COLUMNS_MIN { Manner::Middle } else { Manner::Narrow },
        title: (title_rows > 0).then(|| Rect::new(0, 0, width, 1)),
        frame: None,
        list: None,
        messages: Rect::new(0, title_rows, width, message_rows),
        people: None,
        notices: Rect::new(0, notices_top, width, notice_rows),
        rule: (rule_rows > 0).then(|| Rect::new(0, rule_top, width, 1)),
        composer: Rect::new(prompt, composer_top, width - prompt, composer_rows),
        status: (status_rows > 0).then(|| Rect::new(0, height - 1, width, 1)),
    }
}

/// The composer grows with what is written, to a third of the height.
fn composer_rows(app: &App, columns: u16, height: u16) -> u16 {
    let most = (height / 3).max(1);
    let mut rows: u16 = 0;
    for line in app.composer().lines() {
        // One column is kept for the cursor behind the last character. Of a very long line its beginning is enough.
        let enough = usize::from(most) * usize::from(columns) * CELL_CHARS;
        let beginning: String = line.chars().take(enough).collect();
        rows += u16::try_from(wrap::wrap(&beginning, columns.saturating_sub(1)).len()).unwrap_or(most);
        if rows >= most {
            return most;
        }
    }
    rows.max(1)
}

fn notice_rows(app: &App, columns: u16) -> u16 {
    let lines = pending::lines(app, columns.saturating_sub(NOTICE_INDENT), NOTICE_ROWS_MAX);
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

impl App {
    /// The list of conversations becomes so much wider.
    pub(super) fn widen_list(&mut self, by: i16) {
        let Some(list) = Geometry::of(self).list else {
            self.toasts.complain("the list of conversations is not in sight", self.now);
            return;
        };
        self.sides.list = Some(list.width.saturating_add_signed(by));
        // What there is no room for is not remembered either.
        self.sides.list = Geometry::of(self).list.map(|list| list.width);
    }
}
