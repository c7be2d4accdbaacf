import { defineProblems } from '@platen/kit/problems'

export const productProblems = defineProblems('products', {
  'sku-taken': {
    status: 409,
    title: 'The SKU belongs to another product',
    user: 'Choose another SKU. An archived product keeps its SKU, so that old documents stay clear.',
    operator: 'Nothing to do.',
  },
  'product-invalid': {
    status: 422,
    title: 'The product is not valid',
    user: 'Correct each field listed under errors.',
    operator: 'Nothing to do.',
  },
  'product-archived': {
    status: 409,
    title: 'The product is archived',
    user: 'Restore the product first, or use another one.',
    operator: 'Nothing to do.',
  },
  'product-has-stock': {
    status: 409,
    title: 'Goods with stock cannot become a service',
    user: 'Bring the stock to 0 and end its reservations, then change the kind.',
    operator: 'Nothing to do.',
  },
  'picture-refused': {
    status: 422,
    title: 'The picture is not accepted',
    user: 'Send a PNG, JPEG, WebP or GIF file under its true type, with at most 50 million pixels.',
    operator: 'Nothing to do.',
  },
  'uploads-busy': {
    status: 503,
    title: 'Too many uploads at the same moment',
    user: 'Wait for the number of seconds in the Retry-After header and send the picture again; send at most two at a time.',
    operator: 'If honest users see it often: give the bench more processes, each takes four uploads at a time.',
    retryable: true,
  },
  'storage-quota-reached': {
    status: 507,
    title: 'The storage of the plan is full',
    user: 'Remove pictures that are no longer needed, or ask for a larger plan. The problem carries the numbers.',
    operator: 'Give the site a larger plan if its owner asks for it.',
  },
})
