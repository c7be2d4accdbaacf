import { IconPhoto } from '@tabler/icons-react'
import type { Product } from '../api/types.ts'
import classes from './product-picture.module.css'

/** The picture of a product in a list, or its place. Decorative: the name stands beside it. */
export function ProductThumb({ picture }: Pick<Product, 'picture'>) {
  return (
    <span className={classes.thumb} aria-hidden="true">
      {picture ? (
        <img src={picture.url} alt="" loading="lazy" width={40} height={40} />
      ) : (
        <IconPhoto size={18} stroke={1.5} />
      )}
    </span>
  )
}
