// Package access decides who may see and do what. It is one pure function, [Decide], over facts that the store has
// gathered, and it is the only place in Sinergi where a right is written down.
//
// It settles the pull between a family that falls between two agencies and a leak that kills: content goes where the
// subject's consent or a legal duty sends it (UU 23/2004 art. 10), the bare pointer flows upward only, to the side whose
// case is at least as secret, and nothing else shows that a case exists.
//
// It promises that equal facts give equal answers; that every answer names the rule which gave it; that a fact left out
// never widens an answer, for the zero of each fact is its strictest value; and that the answers are those of
// testdata/access-rules.csv, row for row, which the tests compare over the whole space of facts. Only Decide makes a
// [Grant] that shows anything, and only [Union] and [Join] put two together: who holds a Grant has asked.
//
// It never reads a clock, a token or a database, never takes a word of the caller for a fact, and never explains a
// refusal: absent, blocked, sealed and not-yours are one answer. Whether an act is possible now is asked afterwards, of
// the machines in casework.
//
// Begin with the tables in rules.go, which are the rules and the reasons; then [Decide], thirty lines that read them;
// then [Facts], which says what the store owes.
package access
