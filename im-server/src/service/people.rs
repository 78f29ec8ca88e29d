//! Who is online.

use im_proto::{PEOPLE_MAX, Person, Refusal, Reply, Role, RoomName};

use crate::rules;

use super::{Account, Service};

impl Service {
    pub(super) async fn who(&self, me: Account, of: Option<RoomName>) -> Result<Reply, Refusal> {
        let Some(name) = of else {
            return Ok(self.everybody());
        };
        let (members, total) = self.store.members(me.id, name, rules::may_read).await?;
        let here = self.hub.online_among(members.iter().map(|(account, _)| account.id));
        let mut people: Vec<_> = members
            .into_iter()
            .map(|(account, role)| Person { online: here.contains(&account.id), name: account.name, role })
            .collect();
        people.sort_by(|a, b| b.online.cmp(&a.online).then_with(|| a.name.cmp(&b.name)));
        people.truncate(PEOPLE_MAX);
        Ok(Reply::People { people, online: here.len() as u64, total })
    }

    fn everybody(&self) -> Reply {
        let (names, online) = self.hub.everybody(PEOPLE_MAX);
        let mut people: Vec<_> =
            names.into_iter().map(|name| Person { name, online: true, role: Role::Member }).collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        Reply::People { people, online: online as u64, total: online as u64 }
    }
}
