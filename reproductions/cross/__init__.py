"""Every protein network on every protein data set, under one protocol: the table no paper has."""
