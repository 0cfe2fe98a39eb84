"""The science of nepflow: pure functions, file access and drawing."""
