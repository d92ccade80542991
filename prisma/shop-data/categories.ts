/** A node of the sample shop's tree of categories. */
export interface ShopCategory {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly parentId: string | null;
  /** The ids of all above, from the top down. */
  readonly ancestorIds: readonly string[];
}

interface Tree {
  readonly [name: string]: Tree;
}

const tree: Tree = {
  Books: {
    Fiction: { Crime: {}, Classics: {}, 'Science Fiction': {} },
    'Non-fiction': { History: {}, Science: {}, Cooking: {} },
  },
  Electronics: {
    Audio: { Headphones: {}, Speakers: {} },
    Computing: { Keyboards: {}, Monitors: {}, Storage: {} },
  },
  Apparel: {
    Tops: { Shirts: {}, Sweaters: {} },
    Bottoms: { Trousers: {}, Shorts: {} },
    Outerwear: { Jackets: {} },
  },
};

function listTree(nodes: Tree, above: readonly ShopCategory[]): ShopCategory[] {
  return Object.entries(nodes).flatMap(([name, below]) => {
    const slug = name.toLowerCase().replaceAll(' ', '-');
    const category: ShopCategory = {
      id: `category-${slug}`,
      slug,
      name,
      parentId: above.at(-1)?.id ?? null,
      ancestorIds: above.map((ancestor) => ancestor.id),
    };
    return [category, ...listTree(below, [...above, category])];
  });
}

/** All categories, each after those above it. */
export const shopCategories: readonly ShopCategory[] = listTree(tree, []);

/** The categories without others below, under the category of that id. */
export function leavesUnder(id: string): readonly ShopCategory[] {
  const parents = new Set(shopCategories.map((category) => category.parentId));
  return shopCategories.filter((category) => category.ancestorIds.includes(id) && !parents.has(category.id));
}
