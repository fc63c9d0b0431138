"""The stages of judging, one file each: ``advance(facts)`` adds what the stage finds out."""
