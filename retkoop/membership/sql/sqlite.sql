-- Guards of the adhésions on SQLite. One statement a block, blocks separated by a line of "--;".
CREATE TRIGGER rk_sheet_frozen BEFORE UPDATE ON membership_sheet
WHEN OLD.state = 'validated' AND (NEW.id IS NOT OLD.id OR NEW.cooperative_id IS NOT OLD.cooperative_id
  OR NEW.adhesion_id IS NOT OLD.adhesion_id OR NEW.number IS NOT OLD.number OR NEW.state IS NOT OLD.state
  OR NEW.supplement_cents IS NOT OLD.supplement_cents OR NEW.review_copies IS NOT OLD.review_copies
  OR NEW.tariff IS NOT OLD.tariff OR NEW.pupils IS NOT OLD.pupils OR NEW.adults IS NOT OLD.adults
  OR NEW.membership_cents IS NOT OLD.membership_cents OR NEW.insurance_cents IS NOT OLD.insurance_cents
  OR NEW.review_cents IS NOT OLD.review_cents OR NEW.federal_cents IS NOT OLD.federal_cents
  OR NEW.sent_at IS NOT OLD.sent_at OR NEW.sent_by_id IS NOT OLD.sent_by_id
  OR NEW.validated_at IS NOT OLD.validated_at OR NEW.validated_by_id IS NOT OLD.validated_by_id)
BEGIN
  SELECT RAISE(ABORT, 'a validated sheet is never changed');
END
--;
CREATE TRIGGER rk_sheet_no_delete BEFORE DELETE ON membership_sheet WHEN OLD.state = 'validated'
BEGIN
  SELECT RAISE(ABORT, 'a validated sheet is never deleted');
END
--;
CREATE TRIGGER rk_head_count_new BEFORE INSERT ON membership_headcount
WHEN (SELECT state FROM membership_sheet WHERE id = NEW.sheet_id) = 'validated'
BEGIN
  SELECT RAISE(ABORT, 'the rows of a validated sheet are never changed');
END
--;
CREATE TRIGGER rk_head_count_frozen BEFORE UPDATE ON membership_headcount
WHEN (SELECT state FROM membership_sheet WHERE id = OLD.sheet_id) = 'validated'
  OR (SELECT state FROM membership_sheet WHERE id = NEW.sheet_id) = 'validated'
BEGIN
  SELECT RAISE(ABORT, 'the rows of a validated sheet are never changed');
END
--;
CREATE TRIGGER rk_head_count_no_delete BEFORE DELETE ON membership_headcount
WHEN (SELECT state FROM membership_sheet WHERE id = OLD.sheet_id) = 'validated'
BEGIN
  SELECT RAISE(ABORT, 'the rows of a validated sheet are never changed');
END
--;
CREATE TRIGGER rk_engagement_frozen BEFORE UPDATE ON membership_engagement
BEGIN
  SELECT RAISE(ABORT, 'an engagement is never changed');
END
--;
CREATE TRIGGER rk_engagement_no_delete BEFORE DELETE ON membership_engagement
BEGIN
  SELECT RAISE(ABORT, 'an engagement is never deleted');
END
