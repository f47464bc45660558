// Package linkage says whether two cards are about one person, or one household, although two agencies wrote them: it folds names,
// compares, weighs, and puts the reasons into words.
//
// It promises that what is missing never counts against a pair, that the order of cards changes nothing, that the pre-filter of a
// comparison loses nothing that reaches [Floor], and that a comparison allocates nothing. Half of the weights, u, is counted from the
// data at hand and never copied ([Recount]); the other half, m, is a [Model].
//
// It never decides: a score is a suggestion to a person, and that there is one is a secret of the side that may hold it. It never reads
// a clock, a die, a file or a database, and nothing here prints a name.
//
// # How it is used
//
// A card is made of a person record once, sealed, and read without allocation:
//
//	card := linkage.NewCard(person)
//	sealed := seal(card.Encode())              // CardSize bytes for everybody
//	err := card.Decode(open(sealed))           // ErrCard: made by older rules, so made anew
//
// Every night all cards pass a [Recount] (those that ask through Subject, all through Card), and its counts with a model make a
// [Matcher]. A subject is prepared once and compared with as many cards as wanted; a Subject and a Matcher are only read, each
// goroutine has a Match of its own:
//
//	subject := matcher.Prepare(&card)
//	if subject.Compare(&other, &match) { … }   // 0 allocations; true if any hypothesis reaches Floor
//
// A scan of all cards for subjects that wait together, in any order of cards:
//
//	scan := matcher.NewScan(subjects)
//	for each card { scan.Card(&card) }         // its place is the number of cards before it
//	for _, at := range scan.Wanted() { scan.Kin(at, &card) }
//	found, settled := scan.Candidates(i)       // of subjects[i]: competition and inheritance are in settled
//
//	stored := seal(linkage.EncodeShortlist(linkage.Shortlist(found, settled)))
//
// A new card against the open subjects is a loop over Compare, after [Counts.Without] took its fillers off (a scan does it itself);
// what is found joins the subject's stored candidates, whose cards are opened and compared again (32 at most) for [Matcher.Settle]. A
// [Candidate] is all that is shown: [BandOf] and [Bucket] of its score, evidence in words that name fields and never a value, warnings,
// and whether a second person must confirm. The rest of the rules, who may learn of it, is not here.
//
// Design page: linkage. Begin reading at [Subject.Compare], then [Matcher.Settle]; names fold in fold.go and lists.go.
package linkage
