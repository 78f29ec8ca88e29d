//! What is known of the parts of code on the screen, and what is to be found out.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::rich::Code;
use crate::paint::{CODE_BYTES_MAX, Paint};

/// Of so many pieces of code is remembered what their parts are.
const PAINTS_MAX: usize = 100;
/// So many pieces of code are asked about at once.
const WANTED_MAX: usize = 32;

/// All of it. Who draws asks, and draws without colours until there is an answer.
#[derive(Debug, Default)]
pub struct Paints(RefCell<Inner>);

#[derive(Debug, Default)]
struct Inner {
    known: HashMap<u64, Rc<Paint>>,
    /// Their keys, the oldest first.
    order: VecDeque<u64>,
    wanted: Vec<Rc<Code>>,
    is_busy: bool,
}

impl Paints {
    /// The parts of some code that is in sight, if they are known.
    pub fn of(&self, code: &Rc<Code>) -> Option<Rc<Paint>> {
        let mut inner = self.0.borrow_mut();
        let known = inner.known.get(&code.key()).cloned();
        let is_new = !inner.wanted.contains(code) && inner.wanted.len() < WANTED_MAX;
        if known.is_none() && is_new && code.text.len() <= CODE_BYTES_MAX {
            inner.wanted.push(Rc::clone(code));
        }
        known
    }

    /// What is to be found out now, all in one language; nothing as long as the answer of before has not come.
    pub fn take_wanted(&self) -> Vec<Code> {
        let mut inner = self.0.borrow_mut();
        let wanted = std::mem::take(&mut inner.wanted);
        if inner.is_busy {
            return Vec::new();
        }
        let language = wanted.first().map(|code| code.language.clone());
        let of_one = wanted.iter().filter(|code| Some(&code.language) == language.as_ref());
        let of_one: Vec<Code> = of_one.map(|code| Code::clone(code)).collect();
        inner.is_busy = !of_one.is_empty();
        of_one
    }

    /// The answer.
    pub(super) fn learn(&self, painted: Vec<(u64, Paint)>) {
        let mut inner = self.0.borrow_mut();
        inner.is_busy = false;
        for (key, paint) in painted {
            if inner.known.insert(key, Rc::new(paint)).is_none() {
                inner.order.push_back(key);
            }
        }
        while inner.order.len() > PAINTS_MAX {
            let oldest = inner.order.pop_front();
            oldest.and_then(|key| inner.known.remove(&key));
        }
    }
}
