// Package casework holds the nouns of Sinergi and the rules of their lives: persons, cases, incidents, measurements, referral
// legs, disclosures, units, and what is due.
//
// It promises that the same values give the same answer everywhere and always: it reads no clock, draws no chance and knows no
// database; the moment, ids and random bytes come as arguments. A transition takes a value and gives the next one, or an error
// with a reason of the contract, and a refused event changes nothing. It never decides who may see or do something: that is
// domain/access.
//
// Begin with referral.go, the promise between two units; then duty.go and deadlines.go, who owes what by when; identity.go holds
// what a name, a NIK and a date may be.
package casework
