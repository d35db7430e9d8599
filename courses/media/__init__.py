"""Media of courses: pictures, sound, video with captions, and documents, pinned by the versions that show them."""
