// Package growth turns the measurements of a child under five into z-scores, categories and findings.
//
// It promises the figures of the World Health Organization's own software (the R package anthro 1.1.0): equal to two
// decimals and in every flag, for every child of the truth files. Categories are those of Permenkes 2/2020, on the rounded
// z. An assessment allocates nothing, reads no clock, and nothing here changes after the program is built.
//
// It never rounds an input, never fills in what was not measured, never names stunting (a health worker alone does), and
// never lets a figure that is not finite out. Data quality speaks of scales and habits, never of a child.
//
// Source of the tables: WHO Child Growth Standards 2006 (length or height, weight, body mass index) and 2007 (head and arm
// circumference), the figures of the WHO in a form of our own. Reference for a reader: the WHO's Methods and development,
// and Permenkes 2/2020 on anthropometric standards.
//
// Begin reading at [Assess]; [Check] comes before it, [Trend] and [FindingsOf] after it, [Quality] above them all.
package growth
