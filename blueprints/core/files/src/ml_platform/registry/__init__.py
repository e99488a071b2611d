"""Model versions behind one small protocol: numbered, described, promoted by name and rolled back."""
