package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// How persons prove who they are. Passwords come here hashed, codes too; the second factor's secret and the sign-on's subject are
// sealed under the account's key, so that they die with it.

// SignIn is how an account signs in. There is none before its owner has set it up.
type SignIn struct {
	Account  casework.AccountID
	Password string // Argon2id in its PHC form; empty: none
	TOTP     string // f2, secret of the second factor in base32; empty: none
	Step     int64  // of the second factor, last used: each code counts once
	Issuer   string // f2, with Subject: who the regency's sign-on says it is; empty: no sign-on
	Subject  string
	Since    time.Time
}

type signInF2 struct {
	V       int    `json:"v"`
	TOTP    string `json:"totp,omitempty"`
	Issuer  string `json:"iss,omitempty"`
	Subject string `json:"sub,omitempty"`
}

func signInCell(account casework.AccountID) Cell {
	return Cell{"sign_ins", "f2", account[:], Owner(account)}
}

// PutSignIn sets how an account signs in, in place of what was. A subject of the sign-on is of one account alone.
func (w *Writer) PutSignIn(s SignIn, entry [16]byte) error {
	f2, err := json.Marshal(signInF2{1, s.TOTP, s.Issuer, s.Subject})
	if err != nil {
		return err
	}
	sealed, err := w.Seal(signInCell(s.Account), f2)
	if err != nil {
		return err
	}
	var password, signOn any
	if s.Password != "" {
		password = s.Password
	}
	if s.Subject != "" {
		tag := w.s.signOnTag(s.Issuer, s.Subject)
		signOn = tag[:]
	}
	_, err = w.exec(`INSERT INTO sign_ins (account, password, totp_step, sign_on, since, entry, f2) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account) DO UPDATE SET password = excluded.password, totp_step = excluded.totp_step, sign_on = excluded.sign_on,
			since = excluded.since, entry = excluded.entry, f2 = excluded.f2`,
		s.Account, password, s.Step, signOn, w.Now(), entry, sealed)
	if isUnique(err) {
		return casework.Exists("ALREADY_EXISTS", "idToken")
	}
	if err != nil {
		return fmt.Errorf("put a sign-in: %w", err)
	}
	return nil
}

// SignInOf is how an account signs in; ok is false for one that has not set it up.
func (t *tx) SignInOf(account casework.AccountID) (s SignIn, ok bool, err error) {
	s.Account = account
	var sealed []byte
	err = t.row("SELECT password, totp_step, since, f2 FROM sign_ins WHERE account = $1", account).scan(&s.Password, &s.Step, &s.Since, &sealed)
	if errors.Is(err, errNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read a sign-in: %w", err)
	}
	f2, err := t.Open(signInCell(account), sealed)
	if err != nil {
		return s, false, err
	}
	var secret signInF2
	err = json.Unmarshal(f2, &secret)
	s.TOTP, s.Issuer, s.Subject = secret.TOTP, secret.Issuer, secret.Subject
	return s, err == nil, err
}

// AccountBySignOn finds the account of a subject of the regency's sign-on: never by e-mail, which is given anew to others.
func (t *tx) AccountBySignOn(issuer, subject string) (id casework.AccountID, ok bool, err error) {
	err = t.row("SELECT account FROM sign_ins WHERE sign_on = $1", t.s.signOnTag(issuer, subject)).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

func (s *Store) signOnTag(issuer, subject string) [16]byte {
	return s.Tag("sign-on", []byte(issuer), []byte(subject))
}

// UseStep takes a step of the second factor, and tells whether it was new: of two sign-ins with one code one has it.
func (w *Writer) UseStep(account casework.AccountID, step int64) (took bool, err error) {
	n, err := w.exec("UPDATE sign_ins SET totp_step = $2 WHERE account = $1 AND totp_step < $2", account, step)
	if err != nil {
		return false, fmt.Errorf("use a code: %w", err)
	}
	return n == 1, nil
}

// SetPassword changes the password alone.
func (w *Writer) SetPassword(account casework.AccountID, password string, entry [16]byte) error {
	_, err := w.exec("UPDATE sign_ins SET password = $2, since = $3, entry = $4 WHERE account = $1", account, password, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return nil
}

// ForgetSignIn takes the sign-in of an account back, with its recovery codes.
func (w *Writer) ForgetSignIn(account casework.AccountID) error {
	for _, query := range []string{"DELETE FROM sign_ins WHERE account = $1", "DELETE FROM recovery_codes WHERE account = $1"} {
		if _, err := w.exec(query, account); err != nil {
			return fmt.Errorf("take a sign-in back: %w", err)
		}
	}
	return nil
}

// PutRecoveryCodes sets the hashes of an account's codes, in place of all earlier ones.
func (w *Writer) PutRecoveryCodes(account casework.AccountID, hashes [][32]byte) error {
	if _, err := w.exec("DELETE FROM recovery_codes WHERE account = $1", account); err != nil {
		return fmt.Errorf("end the recovery codes: %w", err)
	}
	for _, hash := range hashes {
		if _, err := w.exec("INSERT INTO recovery_codes (account, hash) VALUES ($1, $2)", account, hash[:]); err != nil {
			return fmt.Errorf("put a recovery code: %w", err)
		}
	}
	return nil
}

// UseRecoveryCode takes a code, and tells whether it was there to take.
func (w *Writer) UseRecoveryCode(account casework.AccountID, hash [32]byte) (took bool, err error) {
	n, err := w.exec("UPDATE recovery_codes SET used = $3 WHERE account = $1 AND hash = $2 AND used IS NULL", account, hash[:], w.Now())
	if err != nil {
		return false, fmt.Errorf("use a recovery code: %w", err)
	}
	return n == 1, nil
}

// Invitation sets up a sign-in, once. The setup link of the first start is of no account yet.
type Invitation struct {
	Hash    [32]byte // SHA-256 of the secret
	Account casework.AccountID
	Expires time.Time
	Used    time.Time // it was, or a newer one took its place
	TOTP    string    // f2, secret of the second factor between the two steps
}

// Setup tells whether it makes the first administrator.
func (i Invitation) Setup() bool { return i.Account == casework.AccountID{} }

// Works tells whether it can still be used.
func (i Invitation) Works(now time.Time) bool { return i.Used.IsZero() && now.Before(i.Expires) }

// Owner is whose key seals it: the account's, or one of the setup link's own.
func (i Invitation) Owner() Owner {
	if i.Setup() {
		return Owner(i.Hash[:16])
	}
	return Owner(i.Account)
}

func (i Invitation) cell() Cell { return Cell{"invitations", "f2", i.Hash[:], i.Owner()} }

// PutInvitation stores an invitation and ends the earlier ones of its account.
func (w *Writer) PutInvitation(i Invitation, entry [16]byte) error {
	if i.Setup() { // a setup link has a key of its own
		old, err := list(&w.tx, func(r row) (i Invitation, err error) { return i, r.scan(i.Hash[:]) },
			"SELECT hash FROM invitations WHERE account IS NULL AND used IS NULL")
		if err != nil {
			return fmt.Errorf("read setup links: %w", err)
		}
		for _, link := range old {
			if err := w.EraseKeys(link.Owner()); err != nil {
				return err
			}
		}
	}
	if err := w.EndInvitations(i.Account, entry); err != nil {
		return err
	}
	_, err := w.exec("INSERT INTO invitations (hash, account, created, expires, entry) VALUES ($1, $2, $3, $4, $5)",
		i.Hash[:], orNull(i.Account[:]), w.Now(), i.Expires, entry)
	if err != nil {
		return fmt.Errorf("put an invitation: %w", err)
	}
	return nil
}

// EndInvitations ends all of an account, or all setup links; what they hold of a second factor goes too. Served by
// invitations_account.
func (w *Writer) EndInvitations(account casework.AccountID, entry [16]byte) error {
	var err error
	if account == (casework.AccountID{}) {
		_, err = w.exec("UPDATE invitations SET used = $1, entry = $2, f2 = NULL WHERE account IS NULL AND used IS NULL", w.Now(), entry)
	} else {
		_, err = w.exec("UPDATE invitations SET used = $2, entry = $3, f2 = NULL WHERE account = $1 AND used IS NULL", account, w.Now(), entry)
	}
	if err != nil {
		return fmt.Errorf("end invitations: %w", err)
	}
	return nil
}

// Invitation finds one by the hash of its secret; ok is false if there is none such.
func (t *tx) Invitation(hash [32]byte) (i Invitation, ok bool, err error) {
	i.Hash = hash
	var sealed []byte
	err = t.row("SELECT account, expires, used, f2 FROM invitations WHERE hash = $1", hash[:]).scan(i.Account[:], &i.Expires, &i.Used, &sealed)
	if errors.Is(err, errNoRows) {
		return i, false, nil
	}
	if err != nil {
		return i, false, fmt.Errorf("read an invitation: %w", err)
	}
	if sealed == nil {
		return i, true, nil
	}
	totp, err := t.Open(i.cell(), sealed)
	i.TOTP = string(totp)
	return i, err == nil, err
}

// KeepSecret keeps the second factor's secret of an enrolment that has begun.
func (w *Writer) KeepSecret(i Invitation, totp string, entry [16]byte) error {
	sealed, err := w.Seal(i.cell(), []byte(totp))
	if err != nil {
		return err
	}
	_, err = w.exec("UPDATE invitations SET f2 = $2, entry = $3 WHERE hash = $1", i.Hash[:], sealed, entry)
	return err
}

// UseInvitation takes an invitation, and tells whether it was there to take: of two who use one, one has it.
func (w *Writer) UseInvitation(i Invitation, entry [16]byte) (took bool, err error) {
	n, err := w.exec("UPDATE invitations SET used = $2, entry = $3, f2 = NULL WHERE hash = $1 AND used IS NULL", i.Hash[:], w.Now(), entry)
	if err != nil {
		return false, fmt.Errorf("use an invitation: %w", err)
	}
	return n == 1, nil
}

// checkSignIns opens what a sign-in or an enrolment keeps sealed.
func checkSignIns(r *Reader, report func(string)) error {
	for _, table := range []struct{ name, id, owner string }{{"sign_ins", "account", "account"}, {"invitations", "hash", "account"}} {
		for row := range r.rows("SELECT " + table.id + ", " + table.owner + ", f2 FROM " + table.name + " WHERE f2 IS NOT NULL") {
			var id, sealed []byte
			var owner Owner
			if err := row.scan(&id, owner[:], &sealed); err != nil {
				return err
			}
			if owner == (Owner{}) {
				owner = Owner(id[:16])
			}
			if _, err := r.Open(Cell{table.name, "f2", id, owner}, sealed); err != nil {
				report(fmt.Sprintf("%s.f2 of %s: %v", table.name, casework.ID(id[:16]), err))
			}
		}
	}
	return nil
}

// PasswordOf finds an account by its code with what is kept of its password, and opens nothing: who is not known and who has none
// cost as much as who is. Served by the indexes of code and account.
func (t *tx) PasswordOf(code string) (account casework.AccountID, password string, err error) {
	err = t.row(`SELECT a.id, s.password FROM accounts a
		LEFT JOIN sign_ins s ON s.account = a.id
		WHERE a.code = $1`, code).scan(account[:], &password)
	if errors.Is(err, errNoRows) {
		return account, "", nil
	}
	if err != nil {
		return account, "", fmt.Errorf("read a password: %w", err)
	}
	return account, password, nil
}
