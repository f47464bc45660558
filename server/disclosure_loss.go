package server

import (
	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// lose ends bases with all that follows, in this transaction: legs without another basis end, their receivers are FORMER from its
// commit on, both units are told without content, and legs that stay on an exception are looked at. of is what the client named.
func (m *basisMove) lose(ended []casework.Disclosure, of casework.Disclosure) error {
	legs, err := m.w.OpenReferrals(m.f.Case.ID)
	if err != nil {
		return err
	}
	loss := casework.Losing(ended, m.all, legs, m.opens, m.now)
	for _, d := range loss.Ended {
		if err := m.w.WithdrawDisclosure(d.ID, m.entry); err != nil {
			return err
		}
		if err := m.w.EndDuties(d.Case, casework.ID(d.ID)); err != nil {
			return err
		}
	}
	for _, l := range loss.Bare {
		if err := m.endLeg(l); err != nil {
			return err
		}
	}
	for _, moved := range loss.Moved {
		if err := m.moveLeg(moved.Leg, moved.Basis); err != nil {
			return err
		}
		if err := m.w.NotifyOther(moved.Leg, casework.NoticeConsentEnded, false, m.entry); err != nil {
			return err
		}
	}
	if len(loss.OnException) > 0 {
		if err := m.review(m.w, casework.ReviewWithdrawal, m.reviewed(of, loss), m.f.Case, m.ids[0], m.entry); err != nil {
			return err
		}
	}
	return m.tellOwner(of, loss)
}

// reviewed is what the supervisor is asked about: the basis that was taken back, or an exception that stays though the client
// refused the chain of care as a whole.
func (m *basisMove) reviewed(of casework.Disclosure, loss casework.Loss) casework.Disclosure {
	if of.ID != (casework.DisclosureID{}) {
		return of
	}
	return basisIn(m.all, loss.OnException[0].Disclosure)
}

// opens is what a basis would show the officer of a leg.
func (m *basisMove) opens(d casework.Disclosure, l casework.Referral) casework.Opening {
	read := access.Decide(m.store.OfficerFacts(m.f.Case, d, l.Receiver, m.now))
	return casework.Opening{Classes: uint32(read.Grant.Mask()), Fields: read.Grant.Named()[0]}
}

// endLeg cancels a leg whose basis is gone. What was served stays a fact of the receiver's own work.
func (m *basisMove) endLeg(l casework.Referral) error {
	if err := m.w.LegTexts(&l, m.f.Case.Subject); err != nil {
		return err
	}
	next, change, err := l.Withdraw(m.now)
	if err != nil {
		return err
	}
	about := object{"leg", casework.ID(l.ID), m.f.Case.ID, m.f.Case.Level, l.Disclosure}
	_, err = m.putLegStep(m.w, legStep{
		before: l, after: next, k: m.f.Case, change: change, by: casework.ByServer,
		record: func(event journal.Event) ([16]byte, error) {
			return m.append(m.w, m.action, m.act, about, event), nil
		},
	})
	if err != nil {
		return err
	}
	return m.w.NotifyOther(l, casework.NoticeConsentEnded, false, m.entry)
}

// tellOwner tells the return unit the same, once.
func (m *basisMove) tellOwner(of casework.Disclosure, loss casework.Loss) error {
	if len(loss.Ended) == 0 {
		return nil
	}
	if of.ID == (casework.DisclosureID{}) {
		of = loss.Ended[0]
	}
	unit, _ := m.store.Directory().Unit(m.f.Case.Unit)
	accountable, err := m.w.Accountable(unit)
	if err != nil {
		return err
	}
	return m.w.Notify(store.Notice{
		Kind: casework.NoticeConsentEnded, ObjectKind: casework.OnDisclosure, Object: casework.ID(of.ID), Case: m.f.Case.ID, Unit: accountable,
	}, m.entry)
}

// endConsentsOfAccused ends every consent that somebody gave who is now named as alleged perpetrator, in the transaction that names
// him (design: access, Guardians). entry is that of the naming, from which the id of the review follows that the loss may need.
func (c call) endConsentsOfAccused(w *store.Writer, k casework.Case, entry [16]byte) error {
	accused, err := c.accusedOf(w, k)
	if err != nil || len(accused) == 0 {
		return err
	}
	all, err := w.Disclosures(k)
	if err != nil {
		return err
	}
	ended := casework.GivenByAccused(all, accused)
	if len(ended) == 0 {
		return nil
	}
	ids := []casework.ID{casework.ID(uuid.NewSHA1(uuid.UUID(entry), append([]byte("review"), k.ID[:]...)))}
	byG1 := access.Decision{Outcome: access.Allow, Rule: "G1"}
	m := &basisMove{call: c, w: w, f: store.CaseFile{Case: k}, action: access.DisclosureWithdraw, act: byG1, all: all, ids: ids}
	m.entry = m.append(w, m.action, m.act, aboutBasis(ended[0], k), journal.Event{Name: "withdrawDisclosure"})
	return m.lose(ended, ended[0])
}
