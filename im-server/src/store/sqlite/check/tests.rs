//! What is read of a large database is not held in memory.

use super::*;

#[test]
fn nothing_is_sorted_or_collected_on_the_way() {
    let folder = tempfile::TempDir::new().unwrap();
    let connection =
        open::for_writing(&folder.path().join(DATABASE), 0, crate::store::Durability::Full).unwrap();
    let ours = facts::OF_OURS.iter().map(|(_, sql)| *sql);
    let of_search = [search::SELECT_MESSAGES, search::SELECT_STRAY];
    let others = [logs::SELECT_LOGS, crate::store::sqlite::rows::SELECT_EVENT];
    for sql in ours.chain(others).chain(of_search) {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps: Vec<String> =
            plan.query_map([], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        let collects = |step: &String| step.contains("TEMP B-TREE") || step.contains("AUTOMATIC");
        assert!(!steps.iter().any(collects), "{sql}\n{}", steps.join("\n"));
    }
}

#[test]
fn a_new_database_is_fine() {
    let folder = tempfile::TempDir::new().unwrap();
    drop(open::for_writing(&folder.path().join(DATABASE), 0, crate::store::Durability::Full).unwrap());
    let report = check(folder.path()).unwrap();
    assert!(report.ok, "{report}");
    assert_eq!(report.invariants.len(), 30, "{report}");
}
