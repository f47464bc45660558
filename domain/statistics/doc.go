// Package statistics counts without pointing at anybody: the fixed list of tables, their bands, the indicators, folding, noise,
// display, the ledger of what a year of releases costs a person, and the life of a release.
//
// It promises that the same rows give the same cells in the same order, whatever order the rows come in; that every table names
// each of its cells, the empty ones too; and that no figure leaves [Draw] but as it is shown: with noise where violence or a
// child is counted, in coarse steps, and never below ten. It reads no clock and draws no chance: the moment and the source of
// random bytes are arguments. It never decides who may count: of a live table the caller hands over only rows that access.Decide
// gave her, with every class that [Table.Classes] lists.
//
// A live table is counted so: [Find] it, open the rows that the caller may see, put them into [Rows], give [Fold] the table, a
// [Frame] with the period and the regency's lists, and show the result by [ShowExact]. One period a call; months are a loop. An
// office's morning table takes [FoldOverseen], whose rows cannot hold anything of violence, and is shown by [ShowOverseen].
//
// A release is drawn so: when [Release.Next] says so, all rows of the period are read at one journal number and folded; the ledger
// must allow it ([Ledger.Draw]); [Draw] adds noise to every cell once and gives what is shown. Only that is stored, with the
// ledger's entry and the release in its state DRAWN, in one transaction. The exact and the noisy cells are thrown away. For
// `kdrt-*`, `referral-protected-*` and `nutrition-new-month` the rows must begin at the start of the year, for a person counts
// at the first registration of the year; for legs they must hold all legs of each chain.
//
// Begin with catalogue.go, what there is; then fold.go, how rows become cells, and display.go, what of them is shown. Design:
// page statistics; the sections named in comments are its own. That no attack opens what is shown is tried in attack_*_test.go,
// each attack beside a way of publishing that it does open.
package statistics
