/* SPDX-License-Identifier: MIT */
/*
 * Interval trees, see itree.h: balanced by height (AVL), ordered by start, and
 * by address where that is the same. Each node knows the highest end below it,
 * which leads a search past what ends too early.
 */
#include "kernel/itree.h"

static unsigned int height(const struct itree_node *n)
{
	return n ? n->height : 0;
}

static bool reaches(const struct itree_node *n, uint64_t start)
{
	return n && n->max >= start;
}

/* What @n says of itself and what is below. */
static void update(struct itree_node *n)
{
	unsigned int l = height(n->left), r = height(n->right);

	n->height = (l > r ? l : r) + 1;
	n->max = n->last;
	if (n->left)
		n->max = max_u64(n->max, n->left->max);
	if (n->right)
		n->max = max_u64(n->max, n->right->max);
}

static struct itree_node *rotate_right(struct itree_node *n)
{
	struct itree_node *top = n->left;

	n->left = top->right;
	top->right = n;
	update(n);
	update(top);
	return top;
}

static struct itree_node *rotate_left(struct itree_node *n)
{
	struct itree_node *top = n->right;

	n->right = top->left;
	top->left = n;
	update(n);
	update(top);
	return top;
}

/* The root of @n's tree, after one of its sides changed by one. */
static struct itree_node *balance(struct itree_node *n)
{
	if (height(n->left) > height(n->right) + 1) {
		if (height(n->left->left) < height(n->left->right))
			n->left = rotate_left(n->left);
		return rotate_right(n);
	}
	if (height(n->right) > height(n->left) + 1) {
		if (height(n->right->right) < height(n->right->left))
			n->right = rotate_right(n->right);
		return rotate_left(n);
	}
	update(n);
	return n;
}

static bool before(const struct itree_node *a, const struct itree_node *b)
{
	return a->start != b->start ? a->start < b->start : a < b;
}

/* The tree below @root, @n with it. */
static struct itree_node *with(struct itree_node *root, struct itree_node *n)
{
	if (!root)
		return n;
	if (before(n, root))
		root->left = with(root->left, n);
	else
		root->right = with(root->right, n);
	return balance(root);
}

/* The tree below @root without its first node, which is *@first. */
static struct itree_node *without_first(struct itree_node *root,
					struct itree_node **first)
{
	if (!root->left) {
		*first = root;
		return root->right;
	}
	root->left = without_first(root->left, first);
	return balance(root);
}

/* The tree below @root without @n, which is in it. */
static struct itree_node *without(struct itree_node *root, struct itree_node *n)
{
	struct itree_node *right, *next;

	if (root != n) {
		if (before(n, root))
			root->left = without(root->left, n);
		else
			root->right = without(root->right, n);
		return balance(root);
	}
	if (!n->right)
		return n->left;
	right = without_first(n->right, &next);
	next->left = n->left;
	next->right = right;
	return balance(next);
}

void itree_insert(struct itree_node **root, struct itree_node *n)
{
	n->left = n->right = NULL;
	update(n);
	*root = with(*root, n);
}

void itree_remove(struct itree_node **root, struct itree_node *n)
{
	*root = without(*root, n);
}

struct itree_node *itree_first(struct itree_node *root, uint64_t start,
			       uint64_t last)
{
	while (reaches(root, start)) {
		/* What is on the left begins earlier: if the one there that
		 * reaches @start begins too late, all others do. */
		if (reaches(root->left, start))
			root = root->left;
		else if (root->start > last)
			return NULL;
		else if (root->last >= start)
			return root;
		else
			root = root->right;
	}
	return NULL;
}

void itree_each(struct itree_node *root, uint64_t start, uint64_t last,
		void (*fn)(struct itree_node *n, void *arg), void *arg)
{
	while (reaches(root, start)) {
		itree_each(root->left, start, last, fn, arg);
		if (root->start > last)
			return;
		if (root->last >= start)
			fn(root, arg);
		root = root->right;
	}
}
