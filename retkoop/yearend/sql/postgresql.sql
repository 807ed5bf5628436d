-- Guards of the yearly reports on PostgreSQL. One statement a block, blocks separated by a line of "--;".
CREATE OR REPLACE FUNCTION rk_report_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a validated report and its steps are never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
--;
CREATE OR REPLACE TRIGGER rk_validated_frozen BEFORE UPDATE ON yearend_validatedreport FOR EACH ROW
WHEN (NEW.cooperative_id IS DISTINCT FROM OLD.cooperative_id OR NEW.report_id IS DISTINCT FROM OLD.report_id
  OR NEW.number IS DISTINCT FROM OLD.number OR NEW.at IS DISTINCT FROM OLD.at OR NEW.by_id IS DISTINCT FROM OLD.by_id
  OR NEW.on_behalf_id IS DISTINCT FROM OLD.on_behalf_id OR NEW.content IS DISTINCT FROM OLD.content
  OR NEW.content_sha IS DISTINCT FROM OLD.content_sha OR NEW.closing_cents IS DISTINCT FROM OLD.closing_cents
  OR NEW.pdf_id IS DISTINCT FROM OLD.pdf_id OR OLD.superseded_at IS NOT NULL)
EXECUTE FUNCTION rk_report_frozen()
--;
CREATE OR REPLACE TRIGGER rk_validated_no_delete BEFORE DELETE ON yearend_validatedreport FOR EACH ROW EXECUTE FUNCTION rk_report_frozen()
--;
CREATE OR REPLACE TRIGGER rk_report_move_frozen BEFORE UPDATE OR DELETE ON yearend_reportmove FOR EACH ROW EXECUTE FUNCTION rk_report_frozen()
