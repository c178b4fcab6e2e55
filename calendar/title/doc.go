// Package title reads what an event's title says of people: who is on, and who is off.
//
// A title is prose for people, in five languages and a hurry: "Ana OOO, Ben covers", "Urlaub Ana –
// Vertretung Ben", "Bank holiday cover: Ana". It is read in three steps:
//
//	title ─scan─▶ tokens: names, and what the vocabulary knows ─gather─▶ items ─judge─▶ Reading
//
// Everybody whom a title names is on, except those of whom it says that they are away, and those whose
// shift it gives to somebody else. All words that mean something are in vocabulary.go.
package title
