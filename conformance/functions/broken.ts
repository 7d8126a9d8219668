// Fails while the module is loaded.
throw new RangeError("no table");
