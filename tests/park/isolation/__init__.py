"""Whether anything of a neighbour can be seen or changed: by every address, and in the store itself."""
