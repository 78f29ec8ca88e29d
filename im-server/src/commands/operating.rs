//! `im-server user|room|invite|ban|hatches|token|audit …`: an order to the server that runs on the data folder, or to the data.

use std::io::{BufRead, IsTerminal, Read};
use std::process::ExitCode;

use anyhow::Context;
use im_proto::{Audited, Kind, PASSWORD_BYTES_MAX, Password, Timestamp, UserName, printable};
use im_server::{
    Args, BanVerb, Config, HatchVerb, InviteVerb, Listing, Operator, Order, RoomVerb, TokenVerb, Told,
    UserVerb,
};
use tokio::runtime::Runtime;

use super::{COULD_NOT_LOOK, complain, say};

pub(super) fn user(args: &Args, verb: &UserVerb, json: bool) -> anyhow::Result<ExitCode> {
    let order = match verb.clone() {
        UserVerb::List => Order::UserList { after: 0 },
        UserVerb::Add { name } => Order::UserAdd { password: new_password(&name)?, name },
        UserVerb::Operator { name, off } => Order::UserOperator { name, on: !off },
        UserVerb::Suspend { name } => Order::UserSuspend { name, on: true },
        UserVerb::Unsuspend { name } => Order::UserSuspend { name, on: false },
        UserVerb::Passwd { name, without_codes } => {
            Order::UserPasswd { password: new_password(&name)?, name, codes: !without_codes }
        }
        UserVerb::Delete { name } => Order::UserDelete { name },
    };
    give(args, order, json)
}

pub(super) fn room(args: &Args, verb: &RoomVerb, json: bool) -> anyhow::Result<ExitCode> {
    let order = match verb.clone() {
        RoomVerb::List => Order::RoomList { after: 0 },
        RoomVerb::Show { name } => Order::RoomShow { name, after: 0 },
        RoomVerb::Delete { name } => Order::RoomDelete { name },
    };
    give(args, order, json)
}

pub(super) fn ban(args: &Args, verb: &BanVerb, json: bool) -> anyhow::Result<ExitCode> {
    let order = match verb.clone() {
        BanVerb::List => Order::BanList,
        BanVerb::Add { address, seconds, why } => Order::BanAddress { address, on: true, seconds, why },
        BanVerb::Remove { address } => Order::BanAddress { address, on: false, seconds: None, why: None },
    };
    give(args, order, json)
}

pub(super) fn hatches(args: &Args, verb: &HatchVerb, json: bool) -> anyhow::Result<ExitCode> {
    let order = match verb.clone() {
        HatchVerb::Close { why } => Order::Hatches { closed: true, why },
        HatchVerb::Open => Order::Hatches { closed: false, why: None },
    };
    give(args, order, json)
}

pub(super) fn audit(args: &Args, since: Option<Timestamp>, json: bool) -> anyhow::Result<ExitCode> {
    give_since(args, Order::Audit { before: None }, since, json)
}

pub(super) fn invite(args: &Args, verb: &InviteVerb, json: bool) -> anyhow::Result<ExitCode> {
    let order = match verb.clone() {
        InviteVerb::Make { uses, days } => Order::InviteMake { uses, days },
        InviteVerb::List => Order::InviteList,
        InviteVerb::Revoke { id } => Order::InviteRevoke { id },
    };
    give(args, order, json)
}

pub(super) fn token(args: &Args, verb: &TokenVerb, json: bool) -> anyhow::Result<ExitCode> {
    let order = match verb.clone() {
        TokenVerb::List { user } => Order::TokenList { user, after: 0 },
        TokenVerb::Revoke { user, id } => Order::TokenRevoke { user, id },
    };
    give(args, order, json)
}

/// Exit code 0: done. 1: refused, and why. 2: it reached nobody.
fn give(args: &Args, order: Order, json: bool) -> anyhow::Result<ExitCode> {
    give_since(args, order, None, json)
}

/// The same; a list ends at the first row that is older.
fn give_since(args: &Args, order: Order, since: Option<Timestamp>, json: bool) -> anyhow::Result<ExitCode> {
    let given = Runtime::new()?.block_on(give_all(args, order, since, json));
    given.or_else(|error| {
        complain(&error);
        Ok(ExitCode::from(COULD_NOT_LOOK))
    })
}

async fn give_all(
    args: &Args,
    order: Order,
    since: Option<Timestamp>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let again = order.clone();
    let (operator, mut told) = Operator::begin(Config::load(args)?, order).await?;
    let code = loop {
        let (rows, more) = match told {
            Told::Listed { rows, more } => (rows, more),
            Told::Done => {
                say(if json { "{\"done\":true}\n" } else { "done\n" })?;
                break ExitCode::SUCCESS;
            }
            Told::Code { code, expires } => {
                let object = serde_json::json!({ "code": code, "expires": expires });
                say(&if json { format!("{object}\n") } else { format!("{code}\n") })?;
                break ExitCode::SUCCESS;
            }
            Told::Refused { why, .. } => {
                complain(&anyhow::Error::msg(printable(&why).to_string()));
                break ExitCode::FAILURE;
            }
        };
        let is_older = |row: &Listing| match row {
            Listing::Audited(row) => since.is_some_and(|since| row.at < since),
            _ => false,
        };
        rows.iter().take_while(|row| !is_older(row)).try_for_each(|row| say(&line(row, json)))?;
        let next = rows
            .last()
            .filter(|last| more && !is_older(last))
            .and_then(|last| again.clone().after(last.id()));
        let Some(next) = next else { break ExitCode::SUCCESS };
        told = operator.go_on(next).await?;
    };
    anyhow::ensure!(operator.end().await, "the database was not closed");
    Ok(code)
}

/// A row as a line: columns for people, an object for programs.
fn line(row: &Listing, json: bool) -> String {
    let at = |at| String::from_utf8_lossy(&im_proto::json_line(&at)).trim_matches('"').to_owned();
    if json {
        return String::from_utf8_lossy(&im_proto::json_line(row)).into_owned() + "\n";
    }
    match row {
        Listing::User { user, online } => {
            let now = match user.suspended {
                Some(_) => "suspended",
                None if *online => "online",
                None => "",
            };
            let line = format!("{:<24}  {}  {now}", user.name.as_str(), at(user.created));
            format!("{}\n", line.trim_end())
        }
        Listing::Room(room) => {
            let (kind, name) = (kind_word(room.kind), room.name.as_str());
            let (members, posts) = (room.members, room.posts);
            format!("{name:<24}  {}  {kind:<5}  {members} members  {posts} posts\n", at(room.created))
        }
        Listing::Member(member) => {
            let (name, role) = (member.name.as_str(), member.role.word());
            format!("  {name:<24}  {}  {role}\n", at(member.since))
        }
        Listing::Ban(ban) => {
            let address = ban.address.map_or_else(String::new, |address| address.to_string());
            let until = ban.until.map_or_else(|| "for ever".to_owned(), at);
            let why = ban.why.as_ref().map_or_else(String::new, ToString::to_string);
            format!("{address:<40}  {}  {until}  {why}\n", at(ban.at))
        }
        Listing::Audited(row) => audited(row, &at(row.at)),
        Listing::Invitation(one) => {
            let (made, until) = (at(one.created), at(one.expires));
            let accounts = if one.uses == 1 { "account" } else { "accounts" };
            format!("{:<8}  {made}  until {until}  for {} {accounts}\n", one.id, one.uses)
        }
        Listing::Token(token) => {
            let label = token.label.as_deref().unwrap_or("(a device)");
            format!("{:<8}  {}  {}\n", token.id, at(token.created), printable(label))
        }
    }
}

/// Who did what to whom, where, from where and why.
fn audited(row: &Audited, at: &str) -> String {
    let by = row.by.as_ref().map_or("(on the machine)", |by| by.as_str());
    let mut line = format!("{at}  {by}  {}", row.deed);
    let more = [
        row.user.as_ref().map(|user| format!("@{user}")),
        row.room.as_ref().map(|room| format!("in #{room}")),
        row.from.map(|from| format!("from {from}")),
        row.why.as_ref().map(|why| format!("({why})")),
    ];
    for word in more.into_iter().flatten() {
        line = line + "  " + &word;
    }
    format!("{}\n", printable(&line))
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Direct => "direct",
        Kind::Group => "group",
        Kind::Room => "room",
    }
}

/// Asks twice on a terminal, without showing it; otherwise it is the first line that comes.
fn new_password(name: &UserName) -> anyhow::Result<Password> {
    let stdin = std::io::stdin();
    let typed = if stdin.is_terminal() {
        let typed = rpassword::prompt_password(format!("new password of {name}: "))?;
        let again = rpassword::prompt_password("again: ")?;
        anyhow::ensure!(typed == again, "the two are not the same");
        typed
    } else {
        let mut line = String::new();
        let most = u64::try_from(PASSWORD_BYTES_MAX).unwrap_or(u64::MAX) + 3; // with its end, and one that is too many
        stdin.lock().take(most).read_line(&mut line).context("reading the password")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Ok(Password::parse(&typed)?)
}
