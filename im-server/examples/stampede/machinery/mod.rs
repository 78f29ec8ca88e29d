//! Runs: clients come in, warm up, and then what the server pays is measured. The bare loop is measured in each run too, so
//! that the ratio is of one moment on one machine.

mod bare;
mod encrypted;
mod grown;
mod idle;
mod load;
mod mark;
mod plan;
mod process;
mod report;
mod rows;
mod signins;
mod speech;

pub(crate) use self::bare::bare;
pub(crate) use self::grown::grown;
pub(crate) use self::idle::idle;
use self::load::Load;
pub(crate) use self::plan::{Plan, Work};
pub(crate) use self::process::Target;
use self::report::{Measured, quantile, table};
pub(crate) use self::rows::rows;
pub(crate) use self::signins::signins;
pub(crate) use self::speech::Spelling;

/// So many times as many messages are measured as go before.
const WARM_UP: u64 = 10;

/// Runs, prints a line of JSON for each, and a table of medians.
pub(crate) fn stampede(target: &Target, plan: &Plan, runs: usize, with_bare: bool) -> anyhow::Result<()> {
    let floor = Target::bare(plan.groups().1);
    let mut all = Vec::new();
    for _ in 0..runs {
        let bare = if with_bare { Some(measure(&floor, plan)?) } else { None };
        let mut measured = measure(target, plan)?;
        measured.against(bare.as_ref());
        for measured in bare.into_iter().chain([measured]) {
            println!("{}", serde_json::to_string(&measured)?);
            all.push(measured);
        }
    }
    print!("{}", table(&all));
    Ok(())
}

fn measure(target: &Target, plan: &Plan) -> anyhow::Result<Measured> {
    let server = target.up()?;
    let mut load = Load::enter(server.addr, target.dialect, plan)?;
    load.drive((plan.messages / WARM_UP).max(1))?;
    let paid = server.cpu()?;
    let driven = load.drive(plan.messages)?;
    let paid = server.cpu()? - paid;
    Ok(Measured::new(target, plan, &driven, paid, server.memory()?))
}
