-- Guards of the adhésions on PostgreSQL. One statement a block, blocks separated by a line of "--;".
CREATE OR REPLACE FUNCTION rk_adhesion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a validated sheet and an engagement are never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
--;
CREATE OR REPLACE FUNCTION rk_head_count_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sheets bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.sheet_id] WHEN 'DELETE' THEN ARRAY[OLD.sheet_id]
    ELSE ARRAY[OLD.sheet_id, NEW.sheet_id] END;
BEGIN
  IF EXISTS (SELECT 1 FROM membership_sheet WHERE id = ANY(sheets) AND state = 'validated') THEN
    RAISE EXCEPTION 'the rows of a validated sheet are never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$
--;
CREATE OR REPLACE TRIGGER rk_sheet_frozen BEFORE UPDATE ON membership_sheet FOR EACH ROW
WHEN (OLD.state = 'validated' AND (NEW.id, NEW.cooperative_id, NEW.adhesion_id, NEW.number, NEW.state, NEW.supplement_cents,
    NEW.review_copies, NEW.tariff, NEW.pupils, NEW.adults, NEW.membership_cents, NEW.insurance_cents, NEW.review_cents,
    NEW.federal_cents, NEW.sent_at, NEW.sent_by_id, NEW.validated_at, NEW.validated_by_id)
  IS DISTINCT FROM (OLD.id, OLD.cooperative_id, OLD.adhesion_id, OLD.number, OLD.state, OLD.supplement_cents,
    OLD.review_copies, OLD.tariff, OLD.pupils, OLD.adults, OLD.membership_cents, OLD.insurance_cents, OLD.review_cents,
    OLD.federal_cents, OLD.sent_at, OLD.sent_by_id, OLD.validated_at, OLD.validated_by_id))
EXECUTE FUNCTION rk_adhesion_frozen()
--;
CREATE OR REPLACE TRIGGER rk_sheet_no_delete BEFORE DELETE ON membership_sheet FOR EACH ROW
WHEN (OLD.state = 'validated') EXECUTE FUNCTION rk_adhesion_frozen()
--;
CREATE OR REPLACE TRIGGER rk_head_count_frozen BEFORE INSERT OR UPDATE OR DELETE ON membership_headcount FOR EACH ROW
EXECUTE FUNCTION rk_head_count_guard()
--;
CREATE OR REPLACE TRIGGER rk_engagement_frozen BEFORE UPDATE OR DELETE ON membership_engagement FOR EACH ROW
EXECUTE FUNCTION rk_adhesion_frozen()
