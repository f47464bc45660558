package server

import (
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/sinergi-pug/sinergi/domain/access"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// classBits are the bits of a mask that open each class of the contract.
var classBits = map[pb.Class]access.Mask{
	pb.Class_F0:            access.F0,
	pb.Class_F1:            access.F1,
	pb.Class_F2:            access.F2,
	pb.Class_F3:            access.F3,
	pb.Class_F3_HEALTH:     access.F3Health,
	pb.Class_F3_SOCIAL:     access.F3Social,
	pb.Class_F3_PROTECTION: access.F3Protection,
	pb.Class_F4:            access.F4,
	pb.Class_RECEIPT:       access.Receipt,
	pb.Class_F1_OWN:        access.F1Own,
	pb.Class_F1_LATE:       access.F1Late,
	pb.Class_F2_ROSTER:     access.F2Roster,
	pb.Class_F3_LAST:       access.F3Last,
	pb.Class_REASON:        access.Reason,
	pb.Class_F2_LINK:       access.F2Link,
}

// sight is what a caller may see: a mask, closed, and the fields that a consent names one by one.
type sight struct {
	mask  access.Mask
	named access.Named
}

// fieldClass is what a field needs in order to show.
type fieldClass struct {
	open  bool
	bits  access.Mask
	named pb.NamedField_Value
	holds bool // a message of ours
	apart bool // of which a consent may name fields: they show though the message itself does not
}

// fieldClasses keeps the class of each field descriptor; they never change while the program runs.
var fieldClasses sync.Map // protoreflect.FullName to fieldClass

var messageClasses sync.Map // protoreflect.FullName to []fieldClass

func classOf(field protoreflect.FieldDescriptor) fieldClass {
	if c, ok := fieldClasses.Load(field.FullName()); ok {
		return c.(fieldClass)
	}
	c := readClass(field)
	fieldClasses.Store(field.FullName(), c)
	return c
}

func readClass(field protoreflect.FieldDescriptor) fieldClass {
	c := fieldClass{holds: isOurs(field)}
	c.apart = c.holds && hasNamed(field.Message())
	options, ok := field.Options().(*descriptorpb.FieldOptions)
	if !ok {
		return fieldClass{bits: access.F4}
	}
	classes, _ := proto.GetExtension(options, pb.E_Classes).([]pb.Class)
	for _, class := range classes {
		c.open = c.open || class == pb.Class_OPEN
		c.bits |= classBits[class]
	}
	if len(classes) == 0 {
		c.bits = access.F4
	}
	c.named, _ = proto.GetExtension(options, pb.E_Named).(pb.NamedField_Value)
	return c
}

func isOurs(field protoreflect.FieldDescriptor) bool {
	return field.Message() != nil && field.Message().FullName().Parent() == "sinergi.v1"
}

// hasNamed tells whether a message has a field that a consent may name, at any depth.
func hasNamed(m protoreflect.MessageDescriptor) bool {
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		if named, _ := proto.GetExtension(field.Options(), pb.E_Named).(pb.NamedField_Value); named != 0 || isOurs(field) && hasNamed(field.Message()) {
			return true
		}
	}
	return false
}

// shows tells whether a field of this class may leave.
func (s sight) shows(c fieldClass) bool {
	if c.open || s.mask&c.bits != 0 {
		return true
	}
	return c.named != 0 && s.named.Has(uint8(c.named)) && s.opensNamed(c.bits)
}

// sectorContent is every class of F3.
const sectorContent = access.F3 | access.F3Health | access.F3Social | access.F3Protection | access.F3Last

// opensNamed: the right to named fields of F3 opens none of F4.
func (s sight) opensNamed(bits access.Mask) bool {
	return bits&sectorContent != 0 && s.mask&access.F3Named != 0 || bits&access.F4 != 0 && s.mask&access.F4Named != 0
}

// classesOf are those of all fields of a message that holds no other of ours; nil of one that does.
func classesOf(m protoreflect.MessageDescriptor) []fieldClass {
	if all, ok := messageClasses.Load(m.FullName()); ok {
		return all.([]fieldClass)
	}
	var all []fieldClass
	for i := range m.Fields().Len() {
		c := classOf(m.Fields().Get(i))
		if c.holds {
			all = nil
			break
		}
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	messageClasses.Store(m.FullName(), all)
	return all
}

// showsAll tells whether nothing of a message is to be cleared, whatever stands in it.
func (s sight) showsAll(m protoreflect.MessageDescriptor) bool {
	all := classesOf(m)
	for _, c := range all {
		if !s.shows(c) {
			return false
		}
	}
	return all != nil
}

// clear takes out of a message every field that the caller may not see. A field with an unknown class is the most secret one.
func (s sight) clear(m protoreflect.Message) {
	if s.showsAll(m.Descriptor()) {
		return // most rows of a list
	}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		c := classOf(field)
		switch {
		case !c.holds:
			if !s.shows(c) {
				m.Clear(field)
			}
		case field.IsList():
			s.clearList(m, field, value.List())
		default:
			// What is named inside may show by itself; else the field says what it is of: a father is no mother, though both are
			// a name.
			if s.clear(value.Message()); !s.shows(c) && (!c.apart || empty(value.Message())) {
				m.Clear(field)
			}
		}
		return true
	})
}

// clearList clears each element, and drops the list if nothing of it shows: its length would tell.
func (s sight) clearList(m protoreflect.Message, field protoreflect.FieldDescriptor, list protoreflect.List) {
	shown := false
	for i := range list.Len() {
		s.clear(list.Get(i).Message())
		shown = shown || !empty(list.Get(i).Message())
	}
	if !shown && !s.shows(classOf(field)) {
		m.Clear(field)
	}
}

func empty(m protoreflect.Message) bool {
	some := false
	m.Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		some = true
		return false
	})
	return !some
}
