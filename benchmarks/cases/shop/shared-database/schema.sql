-- The shop as one database: what the five services own, with the foreign keys and indexes of a shared schema.
CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
    username TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT NOT NULL
);
CREATE TABLE categories (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    ancestor_ids TEXT[] NOT NULL
);
CREATE TABLE products (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    price_amount INTEGER NOT NULL,
    currency CHAR(3) NOT NULL,
    weight INTEGER NOT NULL,
    image_url TEXT NOT NULL,
    category_id TEXT COLLATE "C" NOT NULL REFERENCES categories (id),
    author TEXT,
    isbn TEXT,
    pages INTEGER,
    brand TEXT,
    specs JSON,
    warranty_months INTEGER,
    sizes JSON,
    colour TEXT,
    material TEXT
);
CREATE INDEX products_price ON products (price_amount, id);
CREATE TABLE stock_levels (
    product_id TEXT COLLATE "C" NOT NULL REFERENCES products (id),
    warehouse_id TEXT COLLATE "C" NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    PRIMARY KEY (product_id, warehouse_id)
);
CREATE TABLE orders (
    id TEXT COLLATE "C" PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    customer_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    status TEXT NOT NULL,
    placed_at TIMESTAMPTZ(3) NOT NULL,
    total_amount INTEGER NOT NULL,
    currency CHAR(3) NOT NULL
);
CREATE INDEX orders_of_customer ON orders (customer_id, placed_at, id);
CREATE TABLE order_items (
    order_id TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    product_id TEXT COLLATE "C" NOT NULL REFERENCES products (id),
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price_amount INTEGER NOT NULL,
    PRIMARY KEY (order_id, position)
);
CREATE TABLE reviews (
    id TEXT COLLATE "C" PRIMARY KEY,
    product_id TEXT COLLATE "C" NOT NULL REFERENCES products (id),
    author_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    rating INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX reviews_of_product ON reviews (product_id, created_at, id);
CREATE INDEX ratings_of_product ON reviews (product_id) INCLUDE (rating);
