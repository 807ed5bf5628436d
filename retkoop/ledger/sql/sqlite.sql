-- Guards of the books on SQLite. One statement a block, blocks separated by a line of "--;".
CREATE TRIGGER rk_posting_insert AFTER INSERT ON ledger_posting WHEN NEW.until_version IS NULL
BEGIN
  UPDATE ledger_entry SET imbalance_id = imbalance_id + NEW.cents WHERE id = NEW.entry_id;
END
--;
CREATE TRIGGER rk_posting_close AFTER UPDATE OF until_version ON ledger_posting
WHEN OLD.until_version IS NULL AND NEW.until_version IS NOT NULL
BEGIN
  UPDATE ledger_entry SET imbalance_id = imbalance_id - NEW.cents WHERE id = NEW.entry_id;
END
--;
CREATE TRIGGER rk_posting_immutable BEFORE UPDATE ON ledger_posting
WHEN NEW.cents IS NOT OLD.cents OR NEW.account_id IS NOT OLD.account_id OR NEW.treasury_id IS NOT OLD.treasury_id
  OR NEW.entry_id IS NOT OLD.entry_id OR NEW.year_id IS NOT OLD.year_id OR NEW.cooperative_id IS NOT OLD.cooperative_id
  OR NEW.from_version IS NOT OLD.from_version OR NEW.origin_id IS NOT OLD.origin_id OR NEW.item_date IS NOT OLD.item_date
  OR NEW.item_label IS NOT OLD.item_label OR NEW.item_cheque IS NOT OLD.item_cheque
  OR (OLD.until_version IS NOT NULL AND NEW.until_version IS NOT OLD.until_version)
BEGIN
  SELECT RAISE(ABORT, 'a posting is never changed, only closed');
END
--;
CREATE TRIGGER rk_posting_same_book BEFORE INSERT ON ledger_posting
WHEN NOT EXISTS (SELECT 1 FROM ledger_entry e
  WHERE e.id = NEW.entry_id AND e.year_id = NEW.year_id AND e.cooperative_id = NEW.cooperative_id)
BEGIN
  SELECT RAISE(ABORT, 'a posting belongs to the book of its entry');
END
--;
CREATE TRIGGER rk_posting_closed_insert BEFORE INSERT ON ledger_posting
WHEN (SELECT closed_at FROM ledger_fiscalyear WHERE id = NEW.year_id) IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'this fiscal year is closed');
END
--;
CREATE TRIGGER rk_posting_closed_update BEFORE UPDATE ON ledger_posting
WHEN (SELECT closed_at FROM ledger_fiscalyear WHERE id = OLD.year_id) IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'this fiscal year is closed');
END
--;
CREATE TRIGGER rk_posting_no_delete BEFORE DELETE ON ledger_posting
WHEN NOT EXISTS (SELECT 1 FROM ledger_purgepermit WHERE year_id = OLD.year_id)
BEGIN
  SELECT RAISE(ABORT, 'no row of a book is deleted');
END
--;
CREATE TRIGGER rk_entry_closed_insert BEFORE INSERT ON ledger_entry
WHEN (SELECT closed_at FROM ledger_fiscalyear WHERE id = NEW.year_id) IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'this fiscal year is closed');
END
--;
CREATE TRIGGER rk_entry_closed_update BEFORE UPDATE ON ledger_entry
WHEN (SELECT closed_at FROM ledger_fiscalyear WHERE id = OLD.year_id) IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'this fiscal year is closed');
END
--;
CREATE TRIGGER rk_entry_no_delete BEFORE DELETE ON ledger_entry
WHEN NOT EXISTS (SELECT 1 FROM ledger_purgepermit WHERE year_id = OLD.year_id)
BEGIN
  SELECT RAISE(ABORT, 'no row of a book is deleted');
END
--;
CREATE TRIGGER rk_balance_closed_insert BEFORE INSERT ON ledger_balance
WHEN (SELECT closed_at FROM ledger_fiscalyear WHERE id = NEW.year_id) IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'this fiscal year is closed');
END
--;
CREATE TRIGGER rk_balance_closed_update BEFORE UPDATE ON ledger_balance
WHEN (SELECT closed_at FROM ledger_fiscalyear WHERE id = OLD.year_id) IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'this fiscal year is closed');
END
--;
CREATE TRIGGER rk_balance_no_delete BEFORE DELETE ON ledger_balance
WHEN NOT EXISTS (SELECT 1 FROM ledger_purgepermit WHERE year_id = OLD.year_id)
BEGIN
  SELECT RAISE(ABORT, 'no row of a book is deleted');
END
--;
CREATE TRIGGER rk_audit_no_delete BEFORE DELETE ON identity_auditevent
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END
--;
CREATE TRIGGER rk_audit_append_only BEFORE UPDATE ON identity_auditevent
WHEN NEW.payload IS NOT NULL OR NEW.seq IS NOT OLD.seq OR NEW.cooperative_id IS NOT OLD.cooperative_id OR NEW.at IS NOT OLD.at
  OR NEW.actor_id IS NOT OLD.actor_id OR NEW.on_behalf_id IS NOT OLD.on_behalf_id OR NEW.verb IS NOT OLD.verb
  OR NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.reason IS NOT OLD.reason
  OR NEW.payload_sha IS NOT OLD.payload_sha OR NEW.prev IS NOT OLD.prev OR NEW.hash IS NOT OLD.hash
  OR NEW.op_key IS NOT OLD.op_key OR NEW.op_digest IS NOT OLD.op_digest
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END
