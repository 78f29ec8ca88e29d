//! Where everything is, for a size of the terminal: three layouts, and what gives way first when there is no room.

use ratatui::layout::{Margin, Rect, Size};

use super::{App, pending, wrap};

/// From so many columns on there are three panes.
const WIDE_COLUMNS_MIN: u16 = 100;
/// From so many columns on there are two panes.
const MIDDLE_COLUMNS_MIN: u16 = 60;
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
        if size.width >= MIDDLE_COLUMNS_MIN && size.height >= BORDER_ROWS_MIN {
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
    let (list_columns, people_columns) = match manner {
        Manner::Wide => (22, 20),
        _ => (18, 0),
    };
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
    let status_rows = take(height >= 3);
    let title_rows = take(height >= 4);
    let rule_rows = take(height >= 6);
    let notice_rows = notice_rows(app, width).min(left.saturating_sub(1));
    let message_rows = left - notice_rows;
    let notices_top = title_rows + message_rows;
    let rule_top = notices_top + notice_rows;
    let composer_top = rule_top + rule_rows;
    Geometry {
        manner: Manner::Narrow,
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
