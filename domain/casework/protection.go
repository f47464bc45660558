package casework

// Events of a case's protection: they move no status.
const (
	EventOpenCase   EventName = "open"
	EventRaiseLevel EventName = "raiseLevel"
	EventLowerLevel EventName = "lowerLevel"
	EventSealCase   EventName = "seal"
	EventUnsealCase EventName = "unseal"
	EventSetHold    EventName = "setHold"
	EventLiftHold   EventName = "liftHold"
)

// Floor is the level below which no case of the type falls: what violence has happened to somebody is never an ordinary file.
func (t CaseType) Floor() Level {
	if t.IsViolence() {
		return L2
	}
	return L1
}

// errLevel is a level that is no change in the direction asked for, or one below the floor.
var errLevel = Precondition("LEVEL_FLOOR")

// Raise makes a case more secret.
func (c Case) Raise(to Level) (Case, error) {
	if !to.Valid() || to <= c.Level { // L1, L2 and L3 are in the order of their words
		return c, errLevel
	}
	c.Level = to
	return c, nil
}

// Lower makes a case less secret, never below the floor of its type.
func (c Case) Lower(to Level) (Case, error) {
	if !to.Valid() || to >= c.Level || to < c.Type.Floor() {
		return c, errLevel
	}
	c.Level = to
	return c, nil
}

// Seal ends the reading of a closed case.
func (c Case) Seal() (Case, error) {
	if c.Open() || c.Sealed {
		return c, c.notNow()
	}
	c.Sealed = true
	return c, nil
}

// Unseal takes a seal back: the case is closed as it was.
func (c Case) Unseal() (Case, error) {
	if !c.Sealed {
		return c, c.notNow()
	}
	c.Sealed = false
	return c, nil
}
