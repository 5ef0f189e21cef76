"""The annual report: chapters, figures by reference, DOCX, PDF, HTML."""
