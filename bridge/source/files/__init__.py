"""Reading files that people and programs deliver: folders, ZIPs, delimited text, workbooks."""
