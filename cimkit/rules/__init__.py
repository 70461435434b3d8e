"""What a standard asks: rules, packs, how they are loaded, chosen, extended and set."""
