"""Pictures of items: sent while an item is written, pinned by its versions, shown to whoever may see those."""
