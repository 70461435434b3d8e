"""What a person hands over: opened, hashed, sized, recognised by content, bounded."""
