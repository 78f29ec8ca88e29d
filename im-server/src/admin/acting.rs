//! The table from an order to what the service does.

use im_proto::Refusal;

use crate::service::{Listed, ListedUser, Service};

use super::words::{Listing, Order, Told};

/// Does what an operator wants.
pub(crate) async fn act(service: &Service, order: Order) -> Told {
    match done(service, order).await {
        Ok(told) => told,
        Err(refusal) => Told::Refused { code: refusal.code().to_owned(), why: refusal.to_string() },
    }
}

async fn done(service: &Service, order: Order) -> Result<Told, Refusal> {
    match order {
        Order::UserList { after } => {
            let (users, more) = service.list_users(after).await?;
            let online = |user: ListedUser| Listing::User { online: service.is_online(&user.name), user };
            Ok(Told::Listed { rows: users.into_iter().map(online).collect(), more })
        }
        Order::RoomList { after } => Ok(listed(service.list_rooms(after).await?, Listing::Room)),
        Order::RoomShow { name, after } => {
            let (room, (members, more)) = service.list_members(name, after).await?;
            let about = (after == 0).then_some(Listing::Room(room)); // once, before all of them
            let rows = about.into_iter().chain(members.into_iter().map(Listing::Member)).collect();
            Ok(Told::Listed { rows, more })
        }
        Order::TokenList { user, after } => {
            Ok(listed(service.list_tokens(user, after).await?, Listing::Token))
        }
        Order::BanList => Ok(listed((service.address_bans().await?, false), Listing::Ban)),
        Order::Audit { before } => Ok(listed(service.audit_log(before).await?, Listing::Audited)),
        Order::UserOperator { name, on } => service.set_operator(name, on).await.map(|()| Told::Done),
        Order::BanAddress { address, on, seconds, why } => {
            service.ban_address(None, None, address, (on, seconds, why)).await.map(|()| Told::Done)
        }
        Order::Hatches { closed, why } => service.hatches(None, closed, why).await.map(|()| Told::Done),
        Order::UserSuspend { name, on } => service.suspend(name, on).await.map(|()| Told::Done),
        Order::UserPasswd { name, password, codes } => {
            service.set_password(name, password, codes).await.map(|()| Told::Done)
        }
        Order::InviteMake { uses, days } => {
            let (made, code) = service.make_invitation(uses, days).await?;
            Ok(Told::Code { code: code.expose().to_owned(), expires: made.expires })
        }
        Order::InviteList => Ok(listed((service.invitations().await?, false), Listing::Invitation)),
        Order::InviteRevoke { id } => service.revoke_invitation(id).await.map(|()| Told::Done),
        Order::UserAdd { name, password } => service.add_account(name, password).await.map(|()| Told::Done),
        Order::UserDelete { name } => service.erase_account(name).await.map(|()| Told::Done),
        Order::RoomDelete { name } => service.dissolve(name).await.map(|()| Told::Done),
        Order::TokenRevoke { user, id } => service.revoke_any_token(user, id).await.map(|()| Told::Done),
    }
}

fn listed<T>((rows, more): Listed<T>, row: fn(T) -> Listing) -> Told {
    Told::Listed { rows: rows.into_iter().map(row).collect(), more }
}
