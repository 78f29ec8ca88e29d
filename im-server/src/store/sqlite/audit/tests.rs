//! No row of the audit log is ever changed, by whatever statement.

use tempfile::TempDir;

use crate::store::Durability;
use crate::store::sqlite::{DATABASE, open};

#[test]
fn no_row_is_ever_changed_or_taken_out() {
    let folder = TempDir::new().unwrap();
    let connection = open::for_writing(&folder.path().join(DATABASE), 0, Durability::Full).unwrap();
    connection.execute("INSERT INTO audit (at, deed) VALUES (1, 'kick'), (2, 'ban')", []).unwrap();
    for sql in [
        "UPDATE audit SET deed = 'nothing'",
        "UPDATE audit SET site = NULL WHERE id = 1",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
        "INSERT OR REPLACE INTO audit (id, at, deed) VALUES (1, 1, 'nothing')",
    ] {
        let changed = connection.execute_batch(sql);
        let error = changed.expect_err(sql).to_string();
        assert!(error.contains("the audit log is not changed"), "{sql}: {error}");
    }
    let sql = "SELECT group_concat(deed, ' ' ORDER BY id) FROM audit";
    assert_eq!(connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap(), "kick ban");
}
