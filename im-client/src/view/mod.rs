//! Draws what the client knows. It decides nothing and changes nothing: one file for each pane.

mod account;
mod ascii;
mod borders;
mod composer;
mod conversations;
mod debug;
mod emphasis;
mod find;
mod first;
mod help;
mod hints;
mod jump;
mod messages;
mod offered;
mod palette;
mod people;
pub mod plain;
mod popup;
mod quit;
mod rich;
mod search;
mod selected;
mod sign_in;
mod status;
pub mod theme;
mod title;
mod toasts;
mod widths;

use ratatui::Frame;

use crate::app::geometry::Geometry;
use crate::app::{App, Overlay, Screen, boxes};
use theme::Theme;

/// Draws one frame.
pub fn view(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    // Between a resize and the input that tells of it the two sizes differ: what does not fit waits for the next frame.
    let size = frame.area().as_size();
    if app.size != size || size.width == 0 || size.height == 0 {
        return;
    }
    app.links.clear();
    match &app.screen {
        Screen::SignIn(form) => sign_in::draw(form, theme, frame),
        Screen::Chat => chat(app, theme, frame),
    }
    theme.paint_ground(frame.buffer_mut());
    if theme.ascii {
        ascii::plain(frame.buffer_mut());
    }
    widths::settle(frame.buffer_mut());
}

fn chat(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let geometry = Geometry::of(app);
    let buffer = frame.buffer_mut();
    if let Some(area) = geometry.title {
        title::draw(app, theme, geometry.manner, area, buffer);
    }
    borders::draw(app, theme, &geometry, buffer);
    if let Some(area) = geometry.list {
        conversations::draw(app, theme, area, buffer);
    }
    if let Some(area) = geometry.people {
        people::draw(app, theme, area, buffer);
    }
    messages::draw(app, theme, geometry.messages, buffer);
    composer::draw_notices(app, theme, geometry.notices, buffer);
    toasts::draw(app, theme, geometry.messages, buffer);
    if let Some(area) = geometry.status {
        status::draw(app, theme, geometry.manner, area, buffer);
    }
    composer::draw(app, theme, &geometry, frame);
    offered::completion(app, theme, &geometry, frame);
    overlay(app, theme, &geometry, frame);
}

fn overlay(app: &App, theme: &Theme, geometry: &Geometry, frame: &mut Frame<'_>) {
    match &app.overlay {
        None => {}
        Some(Overlay::Help(down)) => help::draw(app, *down, theme, frame),
        Some(Overlay::Jump(jump)) => jump::draw(app, jump, theme, frame),
        Some(Overlay::Debug(down)) => debug::draw(app, *down, theme, frame),
        Some(Overlay::Quit) => quit::draw(app, theme, frame),
        Some(Overlay::FirstLook(chosen)) => first::look(app, chosen, theme, frame),
        Some(Overlay::KeyCard) => first::card(app, theme, frame),
        Some(Overlay::Paste(pasted)) => offered::paste(app, pasted, theme, frame),
        Some(Overlay::Sent(sent)) => offered::sent(app, sent, theme, frame),
        Some(Overlay::Selected(popup)) => selected::draw(app, popup, theme, frame),
        Some(Overlay::Search(which)) => search::draw(app, *which, theme, frame),
        Some(Overlay::Find) => find::draw(app, theme, geometry, frame),
        Some(Overlay::Account(asking)) => account::draw(app, asking, theme, frame),
        Some(Overlay::GoTo(typed)) => find::draw_goto(app, typed, theme, frame),
        Some(Overlay::People) => {
            let place = boxes::side(app, app.people_rows_wanted());
            let area = popup::draw(&people::title(app), place, theme, frame);
            people::draw(app, theme, area, frame.buffer_mut());
        }
        Some(Overlay::List) => {
            let place = boxes::side(app, u16::MAX);
            let area = popup::draw("Conversations", place, theme, frame);
            conversations::draw(app, theme, area, frame.buffer_mut());
        }
    }
}
