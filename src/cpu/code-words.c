/* SPDX-License-Identifier: MIT */
/* The words that were decoded from one page, see cpu/code-words.h. */
#include "cpu/code-words.h"

#include <string.h>

static struct code_line *line_of(const struct code_words *w, unsigned int index)
{
	return w->lines[index / CODE_LINE_WORDS];
}

static bool word_contradicts(const struct code_words *w, unsigned int index,
			     uint32_t word)
{
	const struct code_line *l = line_of(w, index);
	unsigned int at = index % CODE_LINE_WORDS;

	return (l->known & BIT(at)) && l->words[at] != word;
}

bool code_words_keep(struct code_words *w, const uint8_t *host,
		     unsigned int off, const uint32_t *words, unsigned int n)
{
	unsigned int first = off / 4;

	for (unsigned int k = 0; k < n; k++)
		if (word_contradicts(w, first + k, words[k]))
			return false;
	for (unsigned int k = first; k < first + n; k++) {
		struct code_line *l = line_of(w, k);
		unsigned int at = k % CODE_LINE_WORDS;

		if (!l->known)
			memcpy(l->words, host + (k - at) * 4, sizeof(l->words));
		l->known |= BIT(at);
		l->words[at] = words[k - first];
	}
	return true;
}

/* The words that were decoded, one by one. */
static bool line_same(const struct code_line *l, const uint8_t *host,
		      struct code_change *change)
{
	for (uint64_t left = l->known; left; left &= left - 1) {
		unsigned int at = __builtin_ctzll(left);
		uint32_t word;

		memcpy(&word, host + at * 4, sizeof(word));
		if (word == l->words[at])
			continue;
		*change = (struct code_change){at * 4, l->words[at], word};
		return false;
	}
	return true;
}

bool code_words_same(const struct code_words *w, const uint8_t *host,
		     struct code_change *change)
{
	for (unsigned int k = 0; k < CODE_LINES; k++) {
		const struct code_line *l = w->lines[k];
		unsigned int off = k * sizeof(l->words);

		if (!l || !l->known)
			continue;
		if (likely(!memcmp(l->words, host + off, sizeof(l->words))))
			continue;
		if (line_same(l, host + off, change))
			continue;
		change->off += off;
		return false;
	}
	return true;
}

void code_words_forget(struct code_words *w)
{
	for (unsigned int k = 0; k < CODE_LINES; k++)
		if (w->lines[k])
			w->lines[k]->known = 0;
}
