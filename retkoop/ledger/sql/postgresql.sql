-- Guards of the books on PostgreSQL. One statement a block, blocks separated by a line of "--;".
CREATE OR REPLACE FUNCTION rk_posting_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ledger_entry SET imbalance_id = imbalance_id + NEW.cents WHERE id = NEW.entry_id;
  RETURN NULL;
END $$
--;
CREATE OR REPLACE FUNCTION rk_posting_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ledger_entry SET imbalance_id = imbalance_id - NEW.cents WHERE id = NEW.entry_id;
  RETURN NULL;
END $$
--;
CREATE OR REPLACE FUNCTION rk_posting_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a posting is never changed, only closed' USING ERRCODE = 'integrity_constraint_violation';
END $$
--;
CREATE OR REPLACE FUNCTION rk_year_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_fiscalyear WHERE id = NEW.year_id AND closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'this fiscal year is closed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
--;
CREATE OR REPLACE FUNCTION rk_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_purgepermit WHERE year_id = OLD.year_id) THEN
    RAISE EXCEPTION 'no row of a book is deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN OLD;
END $$
--;
CREATE OR REPLACE FUNCTION rk_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$
--;
CREATE OR REPLACE TRIGGER rk_posting_insert AFTER INSERT ON ledger_posting FOR EACH ROW
WHEN (NEW.until_version IS NULL) EXECUTE FUNCTION rk_posting_insert()
--;
CREATE OR REPLACE TRIGGER rk_posting_close AFTER UPDATE OF until_version ON ledger_posting FOR EACH ROW
WHEN (OLD.until_version IS NULL AND NEW.until_version IS NOT NULL) EXECUTE FUNCTION rk_posting_close()
--;
CREATE OR REPLACE TRIGGER rk_posting_immutable BEFORE UPDATE ON ledger_posting FOR EACH ROW
WHEN (NEW.cents IS DISTINCT FROM OLD.cents OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.treasury_id IS DISTINCT FROM OLD.treasury_id
  OR NEW.entry_id IS DISTINCT FROM OLD.entry_id OR NEW.year_id IS DISTINCT FROM OLD.year_id OR NEW.cooperative_id IS DISTINCT FROM OLD.cooperative_id
  OR NEW.from_version IS DISTINCT FROM OLD.from_version OR NEW.origin_id IS DISTINCT FROM OLD.origin_id OR NEW.item_date IS DISTINCT FROM OLD.item_date
  OR NEW.item_label IS DISTINCT FROM OLD.item_label OR NEW.item_cheque IS DISTINCT FROM OLD.item_cheque
  OR (OLD.until_version IS NOT NULL AND NEW.until_version IS DISTINCT FROM OLD.until_version))
EXECUTE FUNCTION rk_posting_immutable()
--;
CREATE OR REPLACE TRIGGER rk_posting_closed BEFORE INSERT OR UPDATE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION rk_year_closed()
--;
CREATE OR REPLACE TRIGGER rk_posting_no_delete BEFORE DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION rk_no_delete()
--;
CREATE OR REPLACE TRIGGER rk_entry_closed BEFORE INSERT OR UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION rk_year_closed()
--;
CREATE OR REPLACE TRIGGER rk_entry_no_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION rk_no_delete()
--;
CREATE OR REPLACE TRIGGER rk_balance_closed BEFORE INSERT OR UPDATE ON ledger_balance FOR EACH ROW EXECUTE FUNCTION rk_year_closed()
--;
CREATE OR REPLACE TRIGGER rk_balance_no_delete BEFORE DELETE ON ledger_balance FOR EACH ROW EXECUTE FUNCTION rk_no_delete()
--;
CREATE OR REPLACE TRIGGER rk_audit_no_delete BEFORE DELETE ON identity_auditevent FOR EACH ROW EXECUTE FUNCTION rk_audit_append_only()
--;
CREATE OR REPLACE TRIGGER rk_audit_append_only BEFORE UPDATE ON identity_auditevent FOR EACH ROW
WHEN (NEW.payload IS NOT NULL OR NEW.seq IS DISTINCT FROM OLD.seq OR NEW.cooperative_id IS DISTINCT FROM OLD.cooperative_id OR NEW.at IS DISTINCT FROM OLD.at
  OR NEW.actor_id IS DISTINCT FROM OLD.actor_id OR NEW.on_behalf_id IS DISTINCT FROM OLD.on_behalf_id OR NEW.verb IS DISTINCT FROM OLD.verb
  OR NEW.subject_type IS DISTINCT FROM OLD.subject_type OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.reason IS DISTINCT FROM OLD.reason
  OR NEW.payload_sha IS DISTINCT FROM OLD.payload_sha OR NEW.prev IS DISTINCT FROM OLD.prev OR NEW.hash IS DISTINCT FROM OLD.hash
  OR NEW.op_key IS DISTINCT FROM OLD.op_key OR NEW.op_digest IS DISTINCT FROM OLD.op_digest)
EXECUTE FUNCTION rk_audit_append_only()
--;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'rk_posting_same_book') THEN
    ALTER TABLE ledger_posting ADD CONSTRAINT rk_posting_same_book FOREIGN KEY (cooperative_id, entry_id)
      REFERENCES ledger_entry (cooperative_id, id);
  END IF;
END $$
