//! Who is online.

use im_proto::{Address, Author, PEOPLE_MAX, Person, Refusal, Reply, Role, RoomName};

use crate::rules;

use super::{Account, Service};

impl Service {
    pub(super) async fn who(&self, me: Account, of: Option<RoomName>) -> Result<Reply, Refusal> {
        let Some(name) = of else {
            return Ok(self.everybody());
        };
        let found = self.store.members(me, name, self.allow(rules::may_read)).await?;
        let here = self.hub.online_among(found.members.iter().map(|(account, _)| account.id));
        let guests = self.hub.guests_in(found.conversation);
        let (online, total) = (here.len() + guests.len(), found.total + guests.len() as u64);
        let members = found.members.into_iter().map(|(account, role)| Person {
            online: here.contains(&account.id),
            name: account.name,
            role,
            guest: false,
        });
        let guests =
            guests.into_iter().map(|name| Person { name, online: true, role: Role::Member, guest: true });
        let mut people: Vec<_> = members.chain(guests).collect();
        people.sort_by(|a, b| b.online.cmp(&a.online).then_with(|| a.name.cmp(&b.name)));
        people.truncate(PEOPLE_MAX);
        Ok(Reply::People { people, online: online as u64, total })
    }

    /// Nothing is kept; who may not say anything there tells nobody that they write.
    pub(super) async fn typing(&self, me: Account, of: Address) -> Result<Reply, Refusal> {
        let direct = matches!(of, Address::User(_));
        match self.store.find(me.clone(), of, self.allow(rules::may_post)).await.map_err(Refusal::from) {
            Ok(place) => {
                self.hub.typing(me.id, &me.author(), place.id);
            }
            Err(Refusal::NotMember) if direct => {} // two who have not spoken yet
            Err(refusal) => return Err(refusal),
        }
        Ok(Reply::Done)
    }

    fn everybody(&self) -> Reply {
        let (everybody, online) = self.hub.everybody(PEOPLE_MAX);
        let person =
            |who: Author| Person { name: who.name, online: true, role: Role::Member, guest: who.guest };
        let mut people: Vec<_> = everybody.into_iter().map(person).collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        Reply::People { people, online: online as u64, total: online as u64 }
    }
}
