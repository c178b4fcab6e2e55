// Package desk is what a help desk says, in words that are the same for every vendor: whether somebody has
// replied (Answer, to a Question), how a ticket stands now (Ticket), what happened to it (Fact), and what a
// webhook reports (Event). Package helpdesk asks the vendors, and escalation decides by their answers.
//
// Three things hold for all of it (rules 5 and 16). What is zero or missing was not told, and means nothing: no
// clock may stop or break for it. Times are the desk's own; a time that has not come yet, or that the desk does
// not give, is zero, and the fact holds from when it was first heard. A fact comes again in later answers, so
// whoever keeps facts keeps each Same one once.
package desk
