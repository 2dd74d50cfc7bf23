"""Tests, in folders by what they need: pure rules first, real servers later."""
