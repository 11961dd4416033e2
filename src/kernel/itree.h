/* SPDX-License-Identifier: MIT */
/*
 * Interval trees: ranges of 64-bit numbers that may overlap, in nodes that are
 * part of what has the range. A search, a change: logarithmic, and none needs
 * memory. Who reads while others write is the user's affair.
 */
#ifndef FAUXKVM_KERNEL_ITREE_H
#define FAUXKVM_KERNEL_ITREE_H

#include "base/types.h"

struct itree_node {
	uint64_t start, last; /* inclusive; not changed while in a tree */
	struct itree_node *left, *right;
	uint64_t max; /* the highest last from here down */
	unsigned int height;
};

/* @n is in no tree, start and last are set. */
void itree_insert(struct itree_node **root, struct itree_node *n);
/* @n is in the tree. */
void itree_remove(struct itree_node **root, struct itree_node *n);
/* The one with the lowest start of those that overlap @start..@last, or NULL. */
struct itree_node *itree_first(struct itree_node *root, uint64_t start,
			       uint64_t last);

/* Each that overlaps @start..@last, by their starts. */
void itree_each(struct itree_node *root, uint64_t start, uint64_t last,
		void (*fn)(struct itree_node *n, void *arg), void *arg);

/* In a tree without overlaps: the one that has @at, or NULL. */
static inline struct itree_node *itree_at(struct itree_node *root, uint64_t at)
{
	while (root && (at < root->start || at > root->last))
		root = at < root->start ? root->left : root->right;
	return root;
}

#endif
