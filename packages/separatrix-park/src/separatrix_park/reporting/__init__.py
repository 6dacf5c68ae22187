"""What enterprises report: tables as forms and spreadsheets, checks, versions, deadlines and evidence."""
