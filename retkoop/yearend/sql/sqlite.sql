-- Guards of the yearly reports on SQLite. One statement a block, blocks separated by a line of "--;".
CREATE TRIGGER rk_validated_frozen BEFORE UPDATE ON yearend_validatedreport
WHEN NEW.cooperative_id IS NOT OLD.cooperative_id OR NEW.report_id IS NOT OLD.report_id OR NEW.number IS NOT OLD.number
  OR NEW.at IS NOT OLD.at OR NEW.by_id IS NOT OLD.by_id OR NEW.on_behalf_id IS NOT OLD.on_behalf_id
  OR NEW.content IS NOT OLD.content OR NEW.content_sha IS NOT OLD.content_sha OR NEW.closing_cents IS NOT OLD.closing_cents
  OR NEW.pdf_id IS NOT OLD.pdf_id OR OLD.superseded_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a validated report is never changed');
END
--;
CREATE TRIGGER rk_validated_no_delete BEFORE DELETE ON yearend_validatedreport
BEGIN
  SELECT RAISE(ABORT, 'a validated report is never deleted');
END
--;
CREATE TRIGGER rk_report_move_frozen BEFORE UPDATE ON yearend_reportmove
BEGIN
  SELECT RAISE(ABORT, 'a step of a report is never changed');
END
--;
CREATE TRIGGER rk_report_move_no_delete BEFORE DELETE ON yearend_reportmove
BEGIN
  SELECT RAISE(ABORT, 'a step of a report is never deleted');
END
