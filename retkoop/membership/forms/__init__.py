"""What was typed becomes values, or a French sentence beside the field."""
