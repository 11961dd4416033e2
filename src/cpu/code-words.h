/* SPDX-License-Identifier: MIT */
/*
 * The words that were decoded from one page, kept to be compared with what is
 * in memory now (block.c says when). Only what was decoded is kept and
 * compared: data among the code may change as it likes.
 */
#ifndef FAUXKVM_CPU_CODE_WORDS_H
#define FAUXKVM_CPU_CODE_WORDS_H

#include "base/types.h"

#define CODE_LINE_WORDS 64 /* bits of code_line.known */
#define CODE_LINES      (0x1000 / 4 / CODE_LINE_WORDS)

struct code_line {
	uint64_t known; /* which of the words were decoded */
	/* The others are what was in memory when the line was first used: as
	 * long as nothing at all changes, one comparison tells. */
	uint32_t words[CODE_LINE_WORDS];
};

/* Those of a 4 KiB page; NULL: nothing was decoded there. */
struct code_words {
	struct code_line *lines[CODE_LINES];
};

/* Index of the line of the word at page offset @off. */
static inline unsigned int code_line_of(unsigned int off)
{
	return off / 4 / CODE_LINE_WORDS;
}

/*
 * Keep @n words that were decoded at page offset @off of the page that is at
 * @host; their lines are there. False: another value is known of one of them,
 * and nothing was kept.
 */
bool code_words_keep(struct code_words *w, const uint8_t *host,
		     unsigned int off, const uint32_t *words, unsigned int n);

/* A word in memory that is not what was decoded. */
struct code_change {
	unsigned int off; /* in the page */
	uint32_t was, is;
};

/* Is the page at @host still what was decoded? If not, *change is the first
 * word that isn't. */
bool code_words_same(const struct code_words *w, const uint8_t *host,
		     struct code_change *change);

/* Nothing is known any more; the lines stay. */
void code_words_forget(struct code_words *w);

#endif
